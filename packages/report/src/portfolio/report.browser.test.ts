import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  browseReport,
  hasBrowser,
  inked,
  type ReportBrowser,
} from '../../../../tests/browser/report-browser.fixture.ts'
import { generatedPortfolio } from '@botcriptofy/testkit/backtest-run'
import { renderPortfolioReport } from './report.ts'

describe.skipIf(!hasBrowser)('a report of a portfolio in Chromium (of /usr/bin)', () => {
  let browser: ReportBrowser
  beforeAll(async () => {
    const bars = [3000, 2000, 2500, 1800, 1500, 1200, 900]
    browser = await browseReport(renderPortfolioReport(generatedPortfolio({ bars, config: { rows: 2800 } })))
  })
  afterAll(() => browser.close())

  it.each(['light', 'dark'] as const)(
    'draws every chart in a %s scheme without a complaint',
    async (scheme) => {
      const { page, complaints } = await browser.open(scheme)
      for (const chart of [
        'equity-chart',
        'drawdown-chart',
        'sharpe-chart',
        'exposure-chart',
        'price-chart',
        'excursions',
      ]) {
        await expect.poll(() => inked(page, chart), { message: chart }).toBeGreaterThan(2000)
      }
      const legend = await page.locator('#exposure-chart .u-legend').innerText()
      expect(legend.match(/[A-Z]{3}\/USDT:?\s*[\d.]+%/g)).toHaveLength(5)
      expect(legend).toMatch(/2 others:?\s*[\d.]+%/)
      expect(complaints).toEqual([])
      await page.close()
    },
  )

  it('sorts trades by their symbols and by numbers, both ways', async () => {
    const { page, complaints } = await browser.open('light')
    const column = (place: number): Promise<string[]> =>
      page.evaluate(
        `[...document.querySelectorAll('#trades tbody td:nth-child(${place})')].map((cell) => cell.dataset.value ?? cell.textContent)`,
      )
    await page.getByRole('button', { name: 'Symbol' }).click()
    const symbols = await column(2)
    expect(new Set(symbols).size).toBe(7)
    expect(symbols).toEqual(symbols.toSorted())
    await page.getByRole('button', { name: 'Result' }).click()
    await page.getByRole('button', { name: 'Result' }).click()
    const results = (await column(11)).map(Number)
    expect(results).toEqual(results.toSorted((a, b) => b - a))
    await page.locator('#trades tbody tr').first().click()
    expect(complaints).toEqual([])
    await page.close()
  })

  it('shows the candles of the chosen symbol, and those of the symbol of a chosen trade', async () => {
    const { page, complaints } = await browser.open('light')
    const picture = () =>
      page.evaluate(
        `[...document.querySelectorAll('#price-chart canvas')].map((canvas) => canvas.toDataURL()).join()`,
      )
    const first = await picture()
    await page.locator('#price-symbol').selectOption('3')
    await expect.poll(picture).not.toBe(first)
    await expect.poll(() => page.locator('#price-caption').innerText()).toMatch(/^Each candle stands for/)
    const row = page.locator('#trades tbody tr').nth(5)
    const symbol = await row.locator('td').nth(1).innerText()
    await row.click()
    expect(await page.locator('#price-symbol option:checked').innerText()).toBe(symbol)
    expect(await page.locator('#price-caption').innerText()).toContain(`#6 ${symbol} `)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('tells of a chosen point which symbol it is of', async () => {
    const { page } = await browser.open('light')
    await page.locator('#mae-chart').focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    expect(await page.locator('#mae-chart + .tip').innerText()).toMatch(/^#\d+ [A-Z]{3}\/USDT long /)
    await page.close()
  })

  it.each([390, 820, 1440])('fits a window of %d pixels, and paper', async (width) => {
    const { page, complaints } = await browser.open('light')
    await page.setViewportSize({ width, height: 900 })
    await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
    expect((await page.pdf()).byteLength).toBeGreaterThan(20_000)
    expect(complaints).toEqual([])
    await page.close()
  })
})
