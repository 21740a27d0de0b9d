import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  browseReport,
  hasBrowser,
  inked,
  type ReportBrowser,
} from '../../../../tests/browser/report-browser.fixture.ts'
import { renderSweepReport } from './report.ts'
import { FAST, SLOW, STOP, sweepOf } from '../../../../tests/browser/sweep-report.fixture.ts'

const FASTS = [4, 6, 8, 10, 12, 15, 20]
const SLOWS = [25, 30, 40, 60]

describe.skipIf(!hasBrowser)('a sweep report in Chromium (of /usr/bin)', () => {
  let browser: ReportBrowser

  beforeAll(async () => {
    const sweep = sweepOf(
      [
        [FAST, FASTS],
        [SLOW, SLOWS],
        [STOP, [0.02, 0.08]],
      ],
      // One cell in which every run failed.
      (ordinal) => ordinal < 2,
    )
    browser = await browseReport(renderSweepReport(sweep))
  })
  afterAll(() => browser.close())

  const open = async (colorScheme: 'light' | 'dark' = 'light') => {
    const opened = await browser.open(colorScheme)
    await opened.page.waitForSelector('#map-table td')
    return opened
  }
  const tip = (page: Page) => page.locator('#map-tip')
  const column = (page: Page, place: number): Promise<number[]> =>
    page.evaluate(
      `[...document.querySelectorAll('#runs tbody tr:not([hidden]) td:nth-child(${place})')].map((cell) => Number(cell.dataset.value))`,
    )

  it.each(['light', 'dark'] as const)(
    'draws every picture in a %s scheme without a complaint',
    async (scheme) => {
      const { page, complaints } = await open(scheme)
      for (const chart of ['lines', 'equity-chart', 'drawdown-chart']) {
        await expect.poll(() => inked(page, chart)).toBeGreaterThan(2000)
      }
      expect(await page.locator('#map-table td').count()).toBe(FASTS.length * SLOWS.length)
      expect(complaints).toEqual([])
      await page.close()
    },
  )

  it('tells the value of a cell under the pointer and of one that the arrow keys reach', async () => {
    const { page, complaints } = await open()
    const cell = page.locator('#map-table td[data-column="3"][data-row="1"]')
    await cell.hover()
    expect(await tip(page).innerText()).toMatch(
      /^fast period 10, slow period 30: best -?\d+\.\d{3}, median -?\d+\.\d{3} of 2 runs$/,
    )
    const shown = Number(await cell.innerText())
    expect(await tip(page).innerText()).toContain(`best ${shown.toFixed(3)}`)
    await cell.focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowUp')
    expect(await tip(page).innerText()).toMatch(/^fast period 12, slow period 40: /)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('marks the cell whose runs all failed', async () => {
    const { page } = await open()
    const failed = page.locator('#map-table td.failed')
    expect(await failed.count()).toBe(1)
    await failed.hover()
    expect(await tip(page).innerText()).toBe('fast period 4, slow period 25: no value (2 failed)')
    expect(await page.locator('#map-legend').innerText()).toContain('failed')
    await page.close()
  })

  it('shows another pair of parameters, and the median instead of the best', async () => {
    const { page, complaints } = await open()
    await page.locator('#map-down').selectOption({ label: 'stopLoss fraction' })
    expect(await page.locator('#map-table td').count()).toBe(FASTS.length * 2)
    const texts = () => page.locator('#map-table td').allInnerTexts()
    const best = (await texts()).map(Number)
    await page.locator('#map-of').selectOption('median')
    const median = (await texts()).map(Number)
    expect(median.every((value, at) => value <= best[at]!)).toBe(true)
    expect(median).not.toEqual(best)
    // The parameter that stands across cannot stand down as well.
    await page.locator('#map-across').selectOption({ label: 'stopLoss fraction' })
    expect(await page.locator('#map-down').inputValue()).toBe('0')
    expect(complaints).toEqual([])
    await page.close()
  })

  it('sorts the runs by a column, both ways', async () => {
    const { page } = await open()
    const byDrawdown = page.locator('#runs').getByRole('button', { name: 'Max drawdown' })
    await byDrawdown.click()
    const place = await page.evaluate<number>(
      `[...document.querySelectorAll('#runs thead tr:first-child th')].findIndex((head) => head.textContent === 'Max drawdown') + 1`,
    )
    const ascending = await column(page, place)
    expect(ascending).toHaveLength(FASTS.length * SLOWS.length * 2 - 2)
    expect(ascending).toEqual([...ascending].sort((a, b) => a - b))
    await byDrawdown.click()
    expect(await column(page, place)).toEqual([...ascending].reverse())
    await page.close()
  })

  it.each([
    [FAST, 2, '>= 12', (value: number) => value >= 12],
    [FAST, 2, '>12', (value: number) => value > 12],
    [FAST, 2, '10', (value: number) => value === 10],
    [SLOW, 3, '30..40', (value: number) => value === 30 || value === 40],
    ['totalReturn', 5, '< 0', (value: number) => value < 0],
    ['totalReturn', 5, '-10..5%', (value: number) => value >= -0.1 && value <= 0.05],
  ])('filters %s (column %i) by "%s"', async (key, place, text, holds) => {
    const { page, complaints } = await open()
    const all = await column(page, place)
    await page.locator(`[data-filter="${key}"]`).fill(text)
    const left = await column(page, place)
    expect(left.length).toBeGreaterThan(0)
    expect(left.every(holds)).toBe(true)
    expect(left).toHaveLength(all.filter(holds).length)
    expect(await page.locator('#lines-shown').innerText()).toContain(`${left.length} of ${all.length} lines`)
    await page.locator('#clear-filters').click()
    expect(await column(page, place)).toHaveLength(all.length)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('takes no filter that means nothing, and says so', async () => {
    const { page } = await open()
    const input = page.locator(`[data-filter="${FAST}"]`)
    await input.fill('fast')
    expect(await input.getAttribute('aria-invalid')).not.toBeNull()
    expect(await column(page, 2)).toHaveLength(FASTS.length * SLOWS.length * 2 - 2)
    await page.close()
  })

  it('chooses a range that is dragged on an axis in the lines and in the table, and lets it go by a click', async () => {
    const { page, complaints } = await open()
    const canvas = page.locator('#lines-chart')
    await canvas.scrollIntoViewIfNeeded()
    const box = (await canvas.boundingBox())!
    // The first axis is the fast period, 20 above and 4 below.
    const x = box.x + 44
    await page.mouse.move(x, box.y + 46)
    await page.mouse.down()
    await page.mouse.move(x, box.y + 120, { steps: 4 })
    await page.mouse.move(x, box.y + 150, { steps: 4 })
    await page.mouse.up()
    expect(new Set(await column(page, 2))).toEqual(new Set([15, 20]))
    expect(await page.locator(`[data-filter="${FAST}"]`).inputValue()).toMatch(/^13\.\d+\.\.20$/)
    await expect.poll(() => page.locator('#lines-shown').innerText()).toMatch(/^16 of 54 lines/)
    await page.mouse.click(x, box.y + 200)
    expect(await column(page, 2)).toHaveLength(54)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('shows the runs of a cell that is clicked', async () => {
    const { page } = await open()
    await page.locator('#map-table td[data-column="3"][data-row="1"]').click()
    expect([await column(page, 2), await column(page, 3)]).toEqual([
      [10, 10],
      [30, 30],
    ])
    await page.close()
  })

  it('has the commands that make a bot of the run whose row is clicked', async () => {
    const { page, complaints } = await open()
    const row = page.locator('#runs tbody tr').nth(2)
    const ordinal = await row.getAttribute('data-ordinal')
    await row.locator('td').nth(1).click()
    expect(await page.locator('#promote-cli').innerText()).toMatch(new RegExp(`--ordinal ${ordinal}$`))
    expect(await page.locator('#promote-http').innerText()).toContain(`"ordinal":${ordinal}}}'`)
    await page.locator('[data-copy="promote-cli"]').click()
    expect(await page.evaluate('String(getSelection())')).toContain(`--ordinal ${ordinal}`)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('redraws for another scheme and for paper', async () => {
    const { page, complaints } = await open()
    const cell = page.locator('#map-table td[data-column="3"][data-row="1"]')
    const colour = () => cell.getAttribute('style')
    const light = await colour()
    await page.getByRole('button', { name: 'Dark' }).click()
    expect(await colour()).not.toBe(light)
    expect((await page.pdf()).byteLength).toBeGreaterThan(20_000)
    expect(complaints).toEqual([])
    await page.close()
  })

  it.each([390, 820, 1440])('fits a window of %d pixels', async (width) => {
    const { page } = await open()
    await page.setViewportSize({ width, height: 900 })
    await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
    await page.close()
  })
})
