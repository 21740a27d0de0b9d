import { judgeOverfitting, judgeSweep } from '@botcriptofy/contracts/sweep'
import { generateCandles } from '@botcriptofy/engine/market'
import { backtestRun, SMA_CROSS } from '@botcriptofy/testkit/backtest-run'
import { describe, expect, it } from 'vitest'
import type { SweepReportData, SweepRun } from './data.ts'
import { heatMapOf, medianObjective, rankRuns } from './ranking.ts'
import { renderSweepReport } from './report.ts'

const FAST = 'indicators.fast.params.period'
const SLOW = 'indicators.slow.params.period'
const candles = generateCandles({
  seed: 4,
  bars: 3000,
  timeframeMs: 3_600_000,
  startMs: Date.UTC(2023, 0, 1),
  startPrice: 100,
})

const runOf = (fast: number, slow: number): SweepRun => {
  const indicators = {
    fast: { type: 'sma', params: { period: fast } },
    slow: { type: 'sma', params: { period: slow } },
  }
  const { result } = backtestRun({ candles, strategy: { ...SMA_CROSS, indicators } })
  return { parameters: { [FAST]: fast, [SLOW]: slow }, metrics: result.metrics, lowSample: result.lowSample }
}

const fasts = [5, 10, 20]
const slows = [30, 60]
const runs = fasts.flatMap((fast) => slows.map((slow) => runOf(fast, slow)))
const trials = runs.map(({ parameters, metrics: { sharpe } }, ordinal) => ({
  ordinal,
  params: parameters,
  objective: sharpe,
  sharpe,
}))
const [sharpest] = trials.toSorted((a, b) => b.sharpe! - a.sharpe!)
const validity = judgeSweep({
  overfitting: judgeOverfitting({ runs: 1, known: 1, blocks: [] }),
  id: '0198c0de-0000-7000-8000-000000000001',
  objective: 'sharpe',
  failed: 0,
  periodsPerYear: 365,
  trials,
  sharpest: { ...sharpest!, metrics: runs[sharpest!.ordinal]!.metrics },
  lastBarMs: candles.time.at(-1)!,
})
const sweep: SweepReportData = {
  strategyName: 'sma-cross',
  strategySha256: 'a'.repeat(64),
  market: { venue: 'generator', symbol: 'SIM/USDT', timeframe: '1h' },
  dataset: { digest: 'd'.repeat(64), simulated: true, seed: 4 },
  engineRevision: 1,
  objective: 'sharpe',
  parameters: [
    { path: FAST, values: fasts },
    { path: SLOW, values: slows },
  ],
  runs,
  failed: 0,
  validity,
}

/** Runs with a given objective and one parameter, for the order alone. */
const withObjectives = (...values: (number | null)[]): SweepReportData => ({
  ...sweep,
  parameters: [{ path: FAST, values: values.map((_, i) => i) }],
  runs: values.map((sharpe, i) => ({
    parameters: { [FAST]: i },
    metrics: { ...(sweep.runs[0] as SweepRun).metrics, sharpe },
    lowSample: false,
  })),
})

describe('ranking', () => {
  it('puts the largest objective first and undefined ones last', () => {
    const ranked = rankRuns(withObjectives(0.5, null, -1, 2, null))
    expect(ranked.map(({ metrics }) => metrics.sharpe)).toEqual([2, 0.5, -1, null, null])
  })

  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[1, null], 1],
    [[null], null],
    [[], null],
  ])('has the median of %j at %s', (values, median) => {
    expect(medianObjective(rankRuns(withObjectives(...values)), 'sharpe')).toBe(median)
  })

  it('maps the first two parameters, ascending, best over the rest', () => {
    const map = heatMapOf({
      ...sweep,
      parameters: [
        { path: 'a', values: [2, 1] },
        { path: 'b', values: [7] },
        { path: 'c', values: [1, 2] },
      ],
      runs: [
        [1, 1, 0.5],
        [1, 2, 0.8],
        [2, 1, null],
      ].map(([a = 0, c = 0, sharpe = null]) => ({
        parameters: { a: a ?? 0, b: 7, c: c ?? 0 },
        metrics: { ...(sweep.runs[0] as SweepRun).metrics, sharpe },
        lowSample: false,
      })),
    })
    expect(map).toEqual({ rows: [7], columns: [1, 2], cells: [[0.8, null]] })
  })
})

describe('a sweep report', () => {
  const page = renderSweepReport(sweep)

  it('lists every run, the best first, and warns of luck', () => {
    const best = rankRuns(sweep)[0]
    expect(page.match(/<tr>\s*<td data-value=/g)).toHaveLength(6)
    expect(page).toContain('The best of 6 runs is partly luck.')
    expect(page).toContain(`<code>${best?.parameters[FAST]}</code>`)
    expect(page).toContain('Simulated data')
    expect(page.replaceAll(/\s+/g, ' ').replaceAll(' ,', ',')).toContain(
      'fast period across, slow period down',
    )
  })

  it('says how far the best run is to be believed', () => {
    expect(page).toContain('Is it real?')
    expect(page).toContain('The best of 6 runs without any skill')
    // 125 days of hourly bars, of which the slow average takes less than three.
    expect(page).toMatch(/Over 12[345] daily returns/)
  })

  it('loads nothing and escapes what users name', () => {
    const hostile = renderSweepReport({
      ...sweep,
      strategyName: '<script>x</script>',
      parameters: [{ path: '"><img src=x>', values: [1] }],
    })
    expect(hostile).not.toContain('<script>x')
    expect(hostile).not.toContain('<img')
    expect(page).not.toMatch(/<(?:link|iframe|img)\b|\ssrc=/)
  })

  it('renders a sweep in which nothing completed', () => {
    const nothing = renderSweepReport({ ...sweep, runs: [], failed: 6 })
    expect(nothing).toContain('No run completed.')
    expect(nothing).not.toContain('Is it real?')
  })
})
