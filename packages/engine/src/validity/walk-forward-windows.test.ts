import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type WalkForwardPlan, walkForwardWindows } from './walk-forward-windows.ts'

const PLAN: WalkForwardPlan = { data: { from: 0, to: 100 }, mode: 'rolling', train: 40, test: 20 }

const spansOf = (plan: WalkForwardPlan) => {
  const planned = walkForwardWindows(plan)
  if (!planned.ok) throw new Error(JSON.stringify(planned.error))
  const { windows, unused } = planned.value
  return { spans: windows.map(({ train, test }) => [train.from, train.to, test.from, test.to]), unused }
}

describe('walkForwardWindows', () => {
  it('moves a training of fixed length along', () => {
    expect(spansOf(PLAN)).toEqual({
      spans: [
        [0, 40, 40, 60],
        [20, 60, 60, 80],
        [40, 80, 80, 100],
      ],
      unused: 0,
    })
  })

  it('grows an anchored training from the start of the data', () => {
    expect(spansOf({ ...PLAN, mode: 'anchored', data: { from: 7, to: 100 } })).toEqual({
      spans: [
        [7, 47, 47, 67],
        [7, 67, 67, 87],
      ],
      unused: 13,
    })
  })

  it('keeps purge and embargo between training and test, and the tests without a hole', () => {
    expect(spansOf({ ...PLAN, purge: 5, embargo: 3 })).toEqual({
      spans: [
        [0, 40, 48, 68],
        [20, 60, 68, 88],
      ],
      unused: 12,
    })
  })

  it('counts in milliseconds as well', () => {
    const day = 86_400_000
    const from = Date.UTC(2024, 0, 1)
    const data = { from, to: from + 10 * day }
    const { spans } = spansOf({ ...PLAN, data, train: 6 * day, test: 2 * day, purge: day })
    expect(spans).toEqual([[from, from + 6 * day, from + 7 * day, from + 9 * day]])
  })

  it.each<[Partial<WalkForwardPlan>, string, string, string]>([
    [{ train: 0 }, 'train', 'a whole number, 1 or more', '0'],
    [{ test: 2.5 }, 'test', 'a whole number, 1 or more', '2.5'],
    [{ purge: -1 }, 'purge', 'a whole number, 0 or more', '-1'],
    [{ embargo: Number.NaN }, 'embargo', 'a whole number, 0 or more', 'NaN'],
    [{ data: { from: 0, to: 1.5 } }, 'data.to', 'a whole number', '1.5'],
    [{ train: 81 }, 'data', 'at least train + purge + embargo + test = 101', '100'],
    [{ train: 70, purge: 6, embargo: 5 }, 'data', 'at least train + purge + embargo + test = 101', '100'],
    [{ data: { from: 50, to: 10 } }, 'data', 'at least train + purge + embargo + test = 60', '0'],
    [{ data: { from: 0, to: 1041 }, test: 1 }, 'test', 'at most 1000 windows', '1001 windows'],
  ])('refuses %j', (...[change, path, expected, actual]) => {
    const refused = walkForwardWindows({ ...PLAN, ...change })
    expect(refused).toEqual({ ok: false, error: [{ path, expected, actual }] })
  })

  it('never trains on what it tests on, nor inside the gap, whatever the plan', () => {
    const length = fc.integer({ min: 1, max: 50 })
    const gap = fc.integer({ min: 0, max: 20 })
    const plans = fc.record({
      data: fc.integer({ min: 150, max: 900 }).map((to) => ({ from: 3, to })),
      mode: fc.constantFrom('anchored' as const, 'rolling' as const),
      train: length,
      test: length,
      purge: gap,
      embargo: gap,
    })
    fc.assert(
      fc.property(plans, (plan) => {
        const { spans, unused } = spansOf(plan)
        for (const [k, [trainFrom, trainTo, testFrom, testTo]] of spans.entries()) {
          expect(testFrom! - trainTo!).toBe(plan.purge + plan.embargo)
          expect(testTo! - testFrom!).toBe(plan.test)
          expect(trainFrom).toBe(plan.mode === 'anchored' ? 3 : trainTo! - plan.train)
          if (k > 0) expect(testFrom).toBe(spans[k - 1]![3])
        }
        expect(spans[0]![0]).toBe(3)
        expect(spans.at(-1)![3]! + unused).toBe(plan.data.to)
        expect(unused).toBeLessThan(plan.test)
      }),
      { seed: 4, numRuns: 100 },
    )
  })
})
