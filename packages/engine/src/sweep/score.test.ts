import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { METRIC_KEYS, type Metrics } from '../metrics/index.ts'
import { type Constraint, objectiveOf } from './objective.ts'
import { compareRuns, compareScores, type Score, scoreOf, type ScoredRun } from './score.ts'

const constrained = (...constraints: readonly Constraint[]) => objectiveOf({ metric: 'sharpe', constraints })
const good = constrained({ metric: 'trades', atLeast: 30 }, { metric: 'maxDrawdown', atLeast: -0.2 })

describe('scoreOf', () => {
  test.each([
    ['more of it', objectiveOf('sharpe'), 1.5],
    ['less of it', objectiveOf('fees'), -12],
    ['more of a negative drawdown', objectiveOf('maxDrawdown'), -0.25],
    ['a drawdown against its nature', objectiveOf({ metric: 'maxDrawdown', direction: 'minimize' }), 0.25],
    ['nothing where the metric is undefined', objectiveOf('profitFactor'), null],
    ['nothing where the metric is missing', objectiveOf('cagr'), null],
  ])('is %s', (_, objective, score) => {
    const metrics = { sharpe: 1.5, fees: 12, maxDrawdown: -0.25, profitFactor: null }
    expect(scoreOf(metrics, objective)).toEqual({ score, feasible: true, violation: 0, violated: [] })
  })

  test('sums weighted metrics, each in its direction', () => {
    const objective = objectiveOf({
      weighted: [
        { metric: 'sharpe', weight: 2 },
        { metric: 'maxDrawdown', weight: 4 },
        { metric: 'ulcerIndex', weight: 10 },
      ],
    })
    expect(scoreOf({ sharpe: 1.5, maxDrawdown: -0.25, ulcerIndex: 0.125 }, objective).score).toBe(0.75)
    expect(scoreOf({ sharpe: 1.5, maxDrawdown: -0.25, ulcerIndex: null }, objective).score).toBeNull()
  })

  test('has no score beyond the range of a double, and no minus zero', () => {
    const huge = objectiveOf({ weighted: [{ metric: 'sharpe', weight: 1e300 }] })
    expect(scoreOf({ sharpe: 1e300 }, huge).score).toBeNull()
    expect(Object.is(scoreOf({ fees: 0 }, objectiveOf('fees')).score, 0)).toBe(true)
  })

  test('names every bound that is broken; the bounds themselves hold', () => {
    expect(scoreOf({ sharpe: 1, trades: 30, maxDrawdown: -0.2 }, good).feasible).toBe(true)
    // Ten of thirty trades missing is a third, so 1/4; a drawdown half as deep again is a half, so 1/3.
    const broken = scoreOf({ sharpe: 1, trades: 20, maxDrawdown: -0.3 }, good)
    expect(broken).toMatchObject({
      score: 1,
      feasible: false,
      violated: [
        { metric: 'trades', bound: 'atLeast', limit: 30, value: 20 },
        { metric: 'maxDrawdown', bound: 'atLeast', limit: -0.2, value: -0.3 },
      ],
    })
    expect(broken.violation).toBeCloseTo(1 / 4 + 1 / 3, 12)
  })

  test('counts a bound on an undefined metric as broken by one', () => {
    const objective = constrained({ metric: 'profitFactor', atLeast: 1.2 })
    expect(scoreOf({ sharpe: 1, profitFactor: null }, objective)).toEqual({
      score: 1,
      feasible: false,
      violation: 1,
      violated: [{ metric: 'profitFactor', bound: 'atLeast', limit: 1.2, value: null }],
    })
  })

  test('measures against one where the bound is zero', () => {
    expect(scoreOf({ totalReturn: -1 }, constrained({ metric: 'totalReturn', atLeast: 0 })).violation).toBe(
      0.5,
    )
    expect(scoreOf({ beta: 3 }, constrained({ metric: 'beta', atMost: 0 })).violation).toBe(0.75)
  })
})

const numbers = { noNaN: true, noDefaultInfinity: true } as const
const finite = (value: number | null) => (value !== null && Number.isFinite(value) ? value : null)

describe('the order of runs', () => {
  const run = (ordinal: number, metrics: Partial<Metrics>): ScoredRun => ({
    ordinal,
    score: scoreOf(metrics, good),
  })

  it('puts feasible runs first by score, then undefined scores, then by violation, then failed runs', () => {
    const ranked = [
      run(3, { sharpe: 2, trades: 40, maxDrawdown: -0.1 }),
      run(1, { sharpe: 1, trades: 40, maxDrawdown: -0.1 }),
      run(2, { sharpe: 1, trades: 90, maxDrawdown: -0.2 }),
      run(0, { sharpe: null, trades: 40, maxDrawdown: -0.1 }),
      run(7, { sharpe: 9, trades: 29, maxDrawdown: -0.1 }),
      run(6, { sharpe: 9, trades: 20, maxDrawdown: -0.1 }),
      run(8, { sharpe: 1, trades: 20, maxDrawdown: -0.1 }),
      run(5, { sharpe: 9, trades: 20, maxDrawdown: -0.9 }),
      { ordinal: 4, score: null },
      { ordinal: 9, score: null },
    ]
    expect(ranked.toSorted((a, b) => b.ordinal - a.ordinal).toSorted(compareRuns)).toEqual(ranked)
  })

  const metric = fc.oneof(fc.constant(null), fc.double(), fc.constantFrom(0, -0, 30, -0.2, 1e-320, -1e308))
  const bound = fc.record(
    {
      metric: fc.constantFrom(...METRIC_KEYS.slice(0, 3)),
      atLeast: fc.double(numbers),
      atMost: fc.double(numbers),
    },
    { requiredKeys: ['metric'] },
  )
  const scores = fc
    .tuple(
      fc.array(bound, { maxLength: 3 }),
      fc.array(fc.tuple(metric, metric, metric), { minLength: 3, maxLength: 6 }),
    )
    .map(([constraints, rows]) =>
      rows.map(([totalReturn, cagr, volatilityAnn]) =>
        scoreOf(
          { totalReturn: finite(totalReturn), cagr: finite(cagr), volatilityAnn: finite(volatilityAnn) },
          objectiveOf({ metric: 'cagr', constraints }),
        ),
      ),
    )

  it('is total: antisymmetric and transitive for any metrics and bounds', () => {
    const signOf = (a: Score, b: Score) => Math.sign(compareScores(a, b)) + 0
    fc.assert(
      fc.property(scores, (all) => {
        for (const a of all) {
          for (const b of all) {
            expect(signOf(a, b) + signOf(b, a)).toBe(0)
            for (const c of all) {
              if (signOf(a, b) <= 0 && signOf(b, c) <= 0) expect(signOf(a, c)).toBeLessThanOrEqual(0)
            }
          }
        }
      }),
      { seed: 51, numRuns: 300 },
    )
  })

  it('ranks every run that breaks a constraint below every run that breaks none', () => {
    fc.assert(
      fc.property(scores, (all) => {
        for (const a of all) {
          expect(a.feasible).toBe(a.violation === 0)
          expect(a.violation).toBeLessThanOrEqual(a.violated.length)
          expect(compareScores(JSON.parse(JSON.stringify(a)) as Score, a)).toBe(0)
          for (const b of all) if (a.feasible && !b.feasible) expect(compareScores(a, b)).toBeLessThan(0)
        }
      }),
      { seed: 52, numRuns: 500 },
    )
  })

  it('never ranks a run lower for breaking a bound by less', () => {
    fc.assert(
      fc.property(fc.double(numbers), fc.double(numbers), fc.double(numbers), (limit, one, other) => {
        const objective = constrained({ metric: 'cagr', atLeast: limit })
        const [worse, better] = [Math.min(one, other), Math.max(one, other)].map((cagr) =>
          scoreOf({ sharpe: 1, cagr }, objective),
        )
        expect(compareScores(better!, worse!)).toBeLessThanOrEqual(0)
      }),
      { seed: 53, numRuns: 1000 },
    )
  })
})
