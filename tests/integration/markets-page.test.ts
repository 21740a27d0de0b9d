import type { Socket } from 'node:net'
import {
  lastValueKey,
  marketHealthKey,
  marketId,
  marketIndexKey,
  type MarketName,
  marketShard,
  tradeTapeKey,
} from '@botcriptofy/contracts/stream'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasBrowser, launchBrowser } from '../browser/report-browser.fixture.ts'
import { startTestApi, type TestApi, type TestCaller } from './api.fixture.ts'

const market: MarketName = { venue: 'kraken', symbol: `PAGE${Date.now().toString(36).toUpperCase()}/USD` }
const NARROW = { width: 390, height: 844 }
const SOON = { interval: 50, timeout: 15_000 }

describe.skipIf(!hasBrowser)('the page of the markets in Chromium', () => {
  let api: TestApi
  let caller: TestCaller
  let url: string
  let browser: Browser
  const sockets = new Set<Socket>()

  const tell = async (price: string, health: Record<string, string | number> = {}) => {
    const nowMs = Date.now()
    const last = { price, exchangeTimeMs: nowMs, receivedMs: nowMs, tradeId: '1', epoch: 1 }
    await api.redis.hset(lastValueKey(market), last)
    // A minute ahead, so that no busy machine makes them old.
    const recentMs = nowMs + 60_000
    await api.redis.hset(marketHealthKey(market), {
      sourceKind: 'simulator',
      sourceHost: '127.0.0.1:9',
      subscribed: 1,
      bookGap: 0,
      writtenMs: recentMs,
      heardMs: recentMs,
      missedMs: '',
      lagMs: 41,
      messagesPerSecond: 12.5,
      gaps: 0,
      missingTrades: 0,
      resyncs: 1,
      duplicates: 2,
      checksumFailures: 3,
      ...health,
    })
  }
  const open = async (colorScheme: 'light' | 'dark') => {
    const page = await browser.newPage({ colorScheme, extraHTTPHeaders: caller.headers })
    const complaints: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(`${url}/markets`)
    return { page, complaints }
  }
  const row = (page: Page) => page.locator('.markets tbody tr', { hasText: market.symbol })

  beforeAll(async () => {
    api = await startTestApi()
    api.app.server.on('connection', (socket: Socket) => sockets.add(socket))
    caller = await api.caller('viewer')
    url = await api.app.listen({ port: 0, host: '127.0.0.1' })
    browser = await launchBrowser()
    await api.redis.sadd(marketIndexKey(marketShard(market)), marketId(market))
    await tell('59450.02000000')
  })
  afterAll(async () => {
    await browser.close()
    await api.redis.unlink(lastValueKey(market), marketHealthKey(market), tradeTapeKey(market))
    await api.redis.srem(marketIndexKey(marketShard(market)), marketId(market))
    await api.close()
  })

  it.each(['light', 'dark'] as const)('shows the figures of each market in a %s scheme', async (scheme) => {
    await tell('59450.02000000')
    const { page, complaints } = await open(scheme)
    await expect.poll(() => row(page).count(), SOON).toBe(1)
    const text = await row(page).innerText()
    for (const shown of ['kraken, simulated', 'live', '59450.02', '41 ms', '12.5'])
      expect(text).toContain(shown)
    expect(text).not.toContain('59450.020')
    expect(await page.locator('#simulated').innerText()).toContain('127.0.0.1:9')
    await page.setViewportSize(NARROW)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(NARROW.width)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('follows the price and the state, and says when it is cut off and that it is back', async () => {
    const { page } = await open('light')
    await expect.poll(() => row(page).count(), SOON).toBe(1)
    await tell('60000', { bookGap: 1 })
    await expect.poll(() => row(page).innerText(), SOON).toMatch(/gap(.|\n)*60000/)
    const course = await row(page).locator('polyline').getAttribute('points')
    expect(course?.split(' ').length).toBeGreaterThanOrEqual(2)
    for (const socket of sockets) socket.destroy()
    const connection = () => page.locator('#connection').innerText()
    await expect.poll(connection, SOON).toContain('connection is lost')
    await expect.poll(connection, SOON).toContain('gap')
    await page.close()
  })
})
