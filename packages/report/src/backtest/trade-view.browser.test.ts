import { generateCandles } from '@botcriptofy/engine/market'
import { backtestRun, SMA_CROSS } from '@botcriptofy/testkit/backtest-run'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  browseReport,
  hasBrowser,
  type ReportBrowser,
} from '../../../../tests/browser/report-browser.fixture.ts'
import { renderBacktestReport } from './report.ts'

const candles = generateCandles({
  seed: 8,
  bars: 4000,
  timeframeMs: 3_600_000,
  startMs: Date.UTC(2023, 0, 1),
  startPrice: 100,
})
const LABELS = {
  market: { venue: 'generator', symbol: 'SIM/USDT', timeframe: '1h' },
  dataset: { digest: 'd'.repeat(64), simulated: true, seed: 8 },
}
const TRAILED = {
  ...SMA_CROSS,
  stopLoss: { fraction: 0.03 },
  trailingStop: { fraction: 0.015, activationFraction: 0.004 },
  scaleIn: [{ fraction: 0.008, size: 1 }],
  scaleOut: [{ fraction: 0.02, share: 0.5 }],
}
const run = backtestRun({ candles, strategy: TRAILED })

describe.skipIf(!hasBrowser)('a chosen trade in Chromium (of /usr/bin)', () => {
  let browser: ReportBrowser

  beforeAll(async () => {
    browser = await browseReport(renderBacktestReport({ ...run, ...LABELS }))
  })
  afterAll(() => browser.close())

  const choose = async (trade: number) => {
    const opened = await browser.open('light')
    await opened.page.waitForSelector('#price-chart canvas')
    await opened.page.locator(`#trades tbody tr[data-trade="${trade}"]`).click()
    await expect
      .poll(() => opened.page.locator('#price-caption').innerText())
      .toMatch(new RegExp(`^#${trade + 1} `))
    return opened
  }

  /** Pixels of the colours in which stop, target and trailing stop are drawn. */
  const pixelsOf = (page: Page, colour: string): Promise<number> =>
    page.evaluate(`(() => {
      const probe = document.createElement('canvas').getContext('2d')
      probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--${colour}').trim()
      probe.fillRect(0, 0, 1, 1)
      const wanted = probe.getImageData(0, 0, 1, 1).data
      let found = 0
      for (const canvas of document.querySelectorAll('#price-chart canvas')) {
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
        for (let i = 0; i < data.length; i += 4) {
          if (data[i] === wanted[0] && data[i + 1] === wanted[1] && data[i + 2] === wanted[2]) found++
        }
      }
      return found
    })()`)

  it('is shown with the comparisons that led to it and their values', async () => {
    const { trades } = run.result
    const { page, complaints } = await choose(trades.findIndex(({ exitReason }) => exitReason === 'signal'))
    const value = String.raw`-?[\d.]+ \(before -?[\d.]+\)`
    const cross = (way: string) => `by the close of the bar of .+: fast ${value} crosses ${way} slow ${value}`
    await expect
      .poll(() => page.locator('#trade-why').innerText())
      .toMatch(new RegExp(String.raw`^Entry ${cross('above')}\s+Exit ${cross('below')}$`))
    await page.getByRole('button', { name: 'whole period' }).click()
    await expect.poll(() => page.locator('#trade-why').isVisible()).toBe(false)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('is drawn with the path of its trailing stop, and the same trade without one is not', async () => {
    const trade = run.result.trades.findIndex(
      ({ exitReason, entryIndex, exitIndex }) =>
        exitReason === 'trailing_stop' && exitIndex - entryIndex > 15,
    )
    const { page, complaints } = await choose(trade)
    await expect.poll(() => pixelsOf(page, 'accent')).toBeGreaterThan(200)
    const drawn = await pixelsOf(page, 'accent')
    await page.close()
    const bare = await browseReport(
      renderBacktestReport({ ...run, ...LABELS, detail: { ...run.detail, levels: null } }),
    )
    const other = await bare.open('light')
    await other.page.waitForSelector('#price-chart canvas')
    await other.page.locator(`#trades tbody tr[data-trade="${trade}"]`).click()
    await expect.poll(() => other.page.locator('#price-caption').innerText()).toContain(`#${trade + 1} `)
    // The arrow of the entry has the same colour.
    await expect.poll(() => pixelsOf(other.page, 'accent')).toBeGreaterThan(20)
    expect(await pixelsOf(other.page, 'accent')).toBeLessThan(drawn - 50)
    expect([...complaints, ...other.complaints]).toEqual([])
    await bare.close()
  })
})
