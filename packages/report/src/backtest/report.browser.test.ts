import { generateCandles } from '@botcriptofy/engine/market'
import { backtestRun, SMA_CROSS } from '@botcriptofy/testkit/backtest-run'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  browseReport,
  hasBrowser,
  inked,
  type ReportBrowser,
} from '../../../../tests/browser/report-browser.fixture.ts'
import { renderBacktestReport } from './report.ts'

describe.skipIf(!hasBrowser)('a report in Chromium (of /usr/bin)', () => {
  let browser: ReportBrowser

  beforeAll(async () => {
    const candles = generateCandles({
      seed: 8,
      bars: 4000,
      timeframeMs: 3_600_000,
      startMs: Date.UTC(2023, 0, 1),
      startPrice: 100,
    })
    const strategy = { ...SMA_CROSS, name: '<script>globalThis.hacked = true</script>' }
    browser = await browseReport(
      renderBacktestReport({
        ...backtestRun({ candles, strategy }),
        market: { venue: 'generator', symbol: 'SIM/USDT', timeframe: '1h' },
        dataset: { digest: 'd'.repeat(64), simulated: true, seed: 8 },
      }),
    )
  })
  afterAll(() => browser.close())

  const open = async (colorScheme: 'light' | 'dark') => {
    const opened = await browser.open(colorScheme)
    await opened.page.waitForSelector('#price-chart canvas')
    return opened
  }

  it.each(['light', 'dark'] as const)(
    'draws every chart in a %s scheme without a complaint',
    async (scheme) => {
      const { page, complaints } = await open(scheme)
      for (const chart of [
        'equity',
        'drawdown-chart',
        'sharpe-chart',
        'exposure-chart',
        'market',
        'excursions',
      ]) {
        await expect.poll(() => inked(page, chart)).toBeGreaterThan(2000)
      }
      expect(complaints).toEqual([])
      await page.close()
    },
  )

  it('runs no script of a strategy name and keeps the attribution of the chart library', async () => {
    const { page } = await open('light')
    expect(await page.evaluate('typeof globalThis.hacked')).toBe('undefined')
    expect(await page.locator('h1').innerText()).toContain('<script>globalThis.hacked = true</script>')
    expect(await page.locator('#price-chart a[href*="tradingview.com"]').count()).toBe(1)
    await page.close()
  })

  it('sorts trades by a column, both ways', async () => {
    const { page, complaints } = await open('light')
    const results = (): Promise<number[]> =>
      page.evaluate(
        `[...document.querySelectorAll('#trades tbody td:nth-child(10)')].map((cell) => Number(cell.dataset.value))`,
      )
    await page.getByRole('button', { name: 'Result' }).click()
    const ascending = await results()
    expect(ascending.length).toBeGreaterThan(20)
    expect(ascending).toEqual([...ascending].sort((a, b) => a - b))
    await page.getByRole('button', { name: 'Result' }).click()
    expect(await results()).toEqual([...ascending].reverse())
    expect(complaints).toEqual([])
    await page.close()
  })

  it('redraws for another scheme, another width, a log scale, a chosen trade and paper', async () => {
    const { page, complaints } = await open('light')
    const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
    const light = await background()
    await page.emulateMedia({ colorScheme: 'dark' })
    await expect.poll(background).not.toBe(light)
    await page.setViewportSize({ width: 400, height: 800 })
    await expect
      .poll(() => page.evaluate(`document.querySelector('#equity-chart canvas').clientWidth`))
      .toBeLessThan(400)
    await page.getByRole('button', { name: 'log scale' }).click()
    await page.locator('#trades tbody tr').first().click()
    await page.getByRole('button', { name: 'whole period' }).click()
    expect((await page.pdf()).byteLength).toBeGreaterThan(20_000)
    await expect.poll(() => inked(page, 'equity-chart')).toBeGreaterThan(1000)
    expect(complaints).toEqual([])
    await page.close()
  })

  const caption = (page: Page) => page.locator('#price-caption').innerText()

  it('zooms to a trade from the table, from a point and by buttons, and out again', async () => {
    const { page, complaints } = await open('light')
    await page.locator('#trades tbody tr[data-trade="4"]').click()
    await expect.poll(() => caption(page)).toMatch(/^#5 long .* Each candle stands for one bar\.$/)
    await page.getByRole('button', { name: 'next trade' }).click()
    await expect.poll(() => caption(page)).toMatch(/^#6 /)
    await page.getByRole('button', { name: 'whole period' }).click()
    await expect.poll(() => caption(page)).toMatch(/^Each candle stands for up to \d+ bars\.$/)
    await page.locator('#mfe-chart').focus()
    await page.keyboard.press('ArrowRight')
    const hovered = await page.locator('#mfe-chart + .tip').innerText()
    expect(hovered).toMatch(/^#\d+ long /)
    await page.keyboard.press('Enter')
    await expect.poll(() => caption(page)).toContain(hovered)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('draws finer candles when the reader zooms in, and coarse ones again', async () => {
    const { page } = await open('light')
    const zoom = async (button: string) => {
      for (let turn = 0; turn < 5; turn++) await page.getByRole('button', { name: button }).click()
    }
    await zoom('zoom in')
    await expect.poll(() => caption(page)).toBe('Each candle stands for one bar.')
    await zoom('zoom out')
    await expect.poll(() => caption(page)).toMatch(/up to \d+ bars/)
    await page.close()
  })

  it('changes between light and dark by its button', async () => {
    const { page } = await open('light')
    const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
    const light = await background()
    await page.getByRole('button', { name: 'Dark' }).click()
    expect(await background()).not.toBe(light)
    await page.getByRole('button', { name: 'Light' }).click()
    expect(await background()).toBe(light)
    await page.close()
  })

  it.each([390, 820, 1440])('fits a window of %d pixels', async (width) => {
    const { page } = await open('light')
    await page.setViewportSize({ width, height: 900 })
    await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
    await page.close()
  })
})
