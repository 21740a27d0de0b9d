import { reportHistories } from '@botcriptofy/contracts/montecarlo'
import { generatedPortfolio, backtestRun } from '@botcriptofy/testkit/backtest-run'
import { describe, expect, it } from 'vitest'
import { browseReport, hasBrowser } from '../../../../tests/browser/report-browser.fixture.ts'
import { candles, FAST, SLOW, STOP, sweepOf } from '../../../../tests/browser/sweep-report.fixture.ts'
import { walkForwardReport } from '../../../../tests/browser/walkforward-report.fixture.ts'
import { renderBacktestReport } from '../backtest/index.ts'
import { renderPortfolioReport } from '../portfolio/index.ts'
import { renderSweepReport } from '../sweep/index.ts'
import { renderWalkForwardReport } from '../walkforward/index.ts'

/** Of a telephone. */
const WIDTH = 390

const backtest = (): string => {
  const run = backtestRun({ candles })
  return renderBacktestReport({
    ...run,
    market: { venue: 'generator', symbol: 'SIM/USDT', timeframe: '1h' },
    dataset: {
      digest: 'd'.repeat(64),
      simulated: true,
      seed: 4,
      detail: { timeframe: '5m', digest: 'e'.repeat(64) },
    },
    promoted: { id: '0198c0de-0000-7000-8000-000000000003', origin: 'https://engine.example' },
    histories: reportHistories({ ...run, time: candles.time }),
  })
}

const portfolio = (): string => {
  const run = generatedPortfolio({ bars: [2000, 1500, 900] })
  return renderPortfolioReport({ ...run, histories: reportHistories(run) })
}

const sweep = (): string =>
  renderSweepReport(
    sweepOf([
      [FAST, [4, 8, 12, 16]],
      [SLOW, [25, 30, 40, 60]],
      [STOP, [0.02, 0.08]],
    ]),
  )

/** Each kind with a table that only it has. */
const KINDS = [
  ['backtest', '#histories table', backtest],
  ['portfolio', '#symbols table', portfolio],
  ['sweep', '#runs table', sweep],
  ['walk-forward', '#windows table', () => renderWalkForwardReport(walkForwardReport())],
] as const

describe.skipIf(!hasBrowser)('on a narrow screen', () => {
  it.each(KINDS)('the report of a %s moves sideways in its boxes alone', async (_, table, render) => {
    const browser = await browseReport(render())
    const { page, complaints } = await browser.open('light')
    await page.setViewportSize({ width: WIDTH, height: 844 })
    expect(await page.locator(table).count()).toBe(1)
    await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(WIDTH)
    // No box hides what it cannot move to.
    const hidden = await page.evaluate(
      `[...document.querySelectorAll('table')].filter((table) => table.getBoundingClientRect().right > ${WIDTH} && !table.closest('.scroll')).length`,
    )
    expect(hidden).toBe(0)
    expect(complaints).toEqual([])
    await browser.close()
  })
})
