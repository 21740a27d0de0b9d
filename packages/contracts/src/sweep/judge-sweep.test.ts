import { METRIC_KEYS, type MetricKey, type Metrics } from '@botcriptofy/engine/metrics'
import { describe, expect, it } from 'vitest'
import { judgeOverfitting } from './judge-overfitting.ts'
import { type JudgedSweep, judgeSweep, type SweepTrial } from './judge-sweep.ts'
import { sweepValidity } from './validity.http.ts'

const DAY_MS = 86_400_000
const FAST = 'indicators.fast.params.period'
const SLOW = 'indicators.slow.params.period'

const metricsOf = (known: Partial<Metrics>): Metrics =>
  ({ ...Object.fromEntries(METRIC_KEYS.map((key) => [key, null])), ...known }) as Record<
    MetricKey,
    number | null
  >

const trialsOf = (sharpes: readonly (number | null)[]): SweepTrial[] =>
  sharpes.map((sharpe, ordinal) => ({ ordinal, params: { [FAST]: ordinal }, objective: sharpe, sharpe }))

/** Five years of 250 daily returns with the moments of the paper's example, as metrics publish them. */
const DAYS = 1250
const record = metricsOf({
  sharpe: 2.5,
  skew: (-3 * Math.sqrt(DAYS * (DAYS - 1))) / (DAYS - 2),
  excessKurtosis: ((7 * (DAYS + 1) + 6) * (DAYS - 1)) / ((DAYS - 2) * (DAYS - 3)),
  totalReturn: 0.8,
  cagr: 1.8 ** (365 / (DAYS - 1)) - 1,
})

/** The best, the worst and the others around 0, so that the sample variance over a year is one half. */
const published = (count: number): SweepTrial[] => {
  const other = Math.sqrt(((count - 1) / 2 - 2 * 2.5 ** 2) / (count - 2))
  const others = Array.from({ length: count - 2 }, (_, at) => (at % 2 === 0 ? other : -other))
  return trialsOf([2.5, -2.5, ...others])
}

const sweep = (over: Partial<JudgedSweep> = {}): JudgedSweep => ({
  id: '0198c0de-0000-7000-8000-000000000001',
  objective: 'sharpe',
  failed: 0,
  periodsPerYear: 250,
  trials: published(100),
  sharpest: { ordinal: 0, params: { [FAST]: 0 }, metrics: record },
  overfitting: judgeOverfitting({ runs: 1, known: 1, blocks: [] }),
  halves: null,
  lastBarMs: (DAYS - 1) * DAY_MS,
  ...over,
})

describe('judgeSweep', () => {
  it.each([
    [100, 0.9004],
    [46, 0.9505],
  ])('gives the published deflated Sharpe ratio of %i trials', (count, value) => {
    const view = judgeSweep(sweep({ trials: published(count) }))
    expect(sweepValidity.parse(view)).toEqual(view)
    expect(view.deflatedSharpe).toMatchObject({
      reason: null,
      run: { ordinal: 0 },
      sharpe: 2.5,
      observations: DAYS,
      trials: count,
      periodsPerYear: 250,
    })
    expect(view.deflatedSharpe.value).toBeCloseTo(value, 4)
    expect(view.deflatedSharpe.trialDeviation).toBeCloseTo(Math.SQRT1_2, 12)
  })

  it('says what luck alone would show, for a year', () => {
    expect(judgeSweep(sweep()).deflatedSharpe.expectedMaximum).toBeCloseTo(0.1132 * Math.sqrt(250), 2)
  })

  const missing = { ordinal: 0, params: {} }
  it.each<[string, Partial<JudgedSweep>]>([
    ['TOO_FEW_TRIALS', { trials: trialsOf([null, null]), sharpest: null }],
    ['TOO_FEW_TRIALS', { trials: [], sharpest: null }],
    ['TOO_FEW_DAYS', { sharpest: { ...missing, metrics: metricsOf({ sharpe: 1 }) } }],
    ['TOO_FEW_DAYS', { sharpest: { ...missing, metrics: { ...record, cagr: 1.8 ** (365 / 20) - 1 } } }],
    ['UNKNOWN_LENGTH', { lastBarMs: null }],
    ['UNKNOWN_LENGTH', { sharpest: { ...missing, metrics: { ...record, totalReturn: 0, cagr: 0 } } }],
  ])('has no deflated Sharpe ratio: %s', (reason, over) => {
    const view = judgeSweep(sweep(over))
    expect(sweepValidity.parse(view).deflatedSharpe).toMatchObject({ value: null, reason })
  })

  it('counts runs without a Sharpe ratio as runs, not as trials', () => {
    const view = judgeSweep(sweep({ failed: 1, trials: [...published(100), ...trialsOf([null])] }))
    expect(view).toMatchObject({ runs: 101, failed: 1, deflatedSharpe: { trials: 100 } })
  })

  it('measures the ground around the run with the best objective, which need not have the best Sharpe ratio', () => {
    const rows = [
      [0.5, 1.5, 0.4],
      [1.8, 2, null],
      [0.2, 1, 0.1],
    ]
    const trials = rows.flatMap((row, r) =>
      row.map((objective, c) => {
        const ordinal = 3 * r + c
        return { ordinal, params: { [FAST]: 5 * r, [SLOW]: 10 * c }, objective, sharpe: -ordinal }
      }),
    )
    const view = judgeSweep(sweep({ trials }))
    expect(view.best).toEqual({ ordinal: 4, params: { [FAST]: 5, [SLOW]: 10 }, value: 2 })
    expect(view.plateau).toMatchObject({ reason: null, neighbours: 3, edges: 0, missing: 1, worstLoss: 0.5 })
    // Losses 0.25, 0.1 and 0.5 of 2.
    expect(view.plateau.meanLoss).toBeCloseTo(0.85 / 3, 14)
    expect(view.plateau.score).toBeCloseTo(1 - 0.85 / 3, 14)
  })

  it.each<[string, readonly (number | null)[]]>([
    ['NO_OBJECTIVE', [null, null]],
    ['NO_OBJECTIVE', []],
    ['NO_NEIGHBOURS', [1]],
    ['ZERO_OBJECTIVE', [0, -1]],
  ])('has no plateau score: %s', (reason, objectives) => {
    const { plateau } = sweepValidity.parse(judgeSweep(sweep({ trials: trialsOf(objectives) })))
    expect(plateau).toMatchObject({ score: null, reason, meanLoss: null, worstLoss: null })
  })
})
