import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { objectiveOf } from './objective.ts'
import { halvingRungs, nextRung, type RungResult, rowsOfShare } from './halving.ts'
import { type Score, scoreOf } from './score.ts'

const scored = (sharpe: number | null): Score => scoreOf({ sharpe }, objectiveOf('sharpe'))
const ordinalsTo = (count: number) => Array.from({ length: count }, (_, ordinal) => ordinal)
const eighth = { eta: 2, minShare: 1 / 8 }

/** Plays the ladder to its end; a run's result comes from `resultOf`. */
const climb = (
  candidates: readonly number[],
  settings: { eta: number; minShare: number },
  resultOf: (ordinal: number, share: number) => Score | null,
) => {
  const results: RungResult[] = []
  const plans: (readonly number[])[] = []
  for (;;) {
    const step = nextRung(candidates, settings, results)
    if (step.kind === 'done') return { plans, bestOrdinal: step.bestOrdinal, results }
    plans.push(step.ordinals)
    for (const ordinal of step.missing) {
      results.push({ rung: step.rung, ordinal, score: resultOf(ordinal, step.share) })
    }
  }
}

describe('the rungs', () => {
  // Li et al. 2018, table 1: the brackets s = 4 .. 0 for R = 81 and eta = 3.
  test.each([
    [81, 1 / 81, [81, 27, 9, 3, 1], [1, 3, 9, 27, 81]],
    [27, 1 / 27, [27, 9, 3, 1], [3, 9, 27, 81]],
    [9, 1 / 9, [9, 3, 1], [9, 27, 81]],
    [6, 1 / 3, [6, 2], [27, 81]],
    [5, 1, [5], [81]],
  ])('of %d runs from a share of %d are those of Hyperband', (runs, minShare, counts, resources) => {
    const rungs = halvingRungs(runs, { eta: 3, minShare })
    expect(rungs.map((rung) => rung.runs)).toEqual(counts)
    expect(rungs.map((rung) => Math.round(rung.share * 81))).toEqual(resources)
  })

  it('end with all bars and at least one run, and hold the least share', () => {
    const shares = fc.double({ min: 1e-3, max: 1, noNaN: true })
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 2, max: 9 }),
        shares,
        (runs, eta, minShare) => {
          const rungs = halvingRungs(runs, { eta, minShare })
          expect(rungs[0]?.runs).toBe(runs)
          expect(rungs.at(-1)?.share).toBe(1)
          expect(rungs.every((rung) => rung.runs >= 1)).toBe(true)
          expect(rungs[0]!.share).toBeGreaterThanOrEqual(minShare * (1 - 1e-9))
        },
      ),
      { seed: 61, numRuns: 500 },
    )
  })

  it('count their bars upwards, at least one', () => {
    expect([
      rowsOfShare(1000, 1 / 3),
      rowsOfShare(900, 1 / 3),
      rowsOfShare(2, 1 / 81),
      rowsOfShare(7, 1),
    ]).toEqual([334, 300, 1, 7])
  })
})

describe('nextRung', () => {
  it('promotes the best, the lower ordinal of equals, and lists them in order', () => {
    const { plans, bestOrdinal } = climb(ordinalsTo(8), eighth, (ordinal) =>
      scored([5, 1, 7, 7, 2, 7, 7, 0][ordinal]!),
    )
    expect(plans).toEqual([ordinalsTo(8), [2, 3, 5, 6], [2, 3], [2]])
    expect(bestOrdinal).toBe(2)
  })

  it('starts from any candidates, and never promotes what failed', () => {
    const { plans, bestOrdinal } = climb([3, 10, 11, 40], { eta: 2, minShare: 0.25 }, (ordinal) =>
      ordinal === 10 ? scored(1) : null,
    )
    expect(plans).toEqual([[3, 10, 11, 40], [10], [10]])
    expect(bestOrdinal).toBe(10)
  })

  it('is done without a best run when all runs of a rung failed, and at once without candidates', () => {
    expect(climb(ordinalsTo(4), eighth, () => null)).toMatchObject({
      plans: [ordinalsTo(4)],
      bestOrdinal: undefined,
    })
    expect(nextRung([], eighth, [])).toEqual({ kind: 'done', bestOrdinal: undefined })
  })

  it('promotes runs that keep the constraints before better ones that do not', () => {
    const objective = objectiveOf({ metric: 'sharpe', constraints: [{ metric: 'trades', atLeast: 30 }] })
    const { plans } = climb(ordinalsTo(4), { eta: 2, minShare: 0.25 }, (ordinal) =>
      scoreOf({ sharpe: [9, 1, 2, 8][ordinal]!, trades: [5, 30, 40, 29][ordinal]! }, objective),
    )
    expect(plans).toEqual([ordinalsTo(4), [1, 2], [2]])
  })

  it('goes by the results of the last rung alone', () => {
    const { bestOrdinal } = climb(ordinalsTo(4), { eta: 2, minShare: 0.25 }, (ordinal, share) =>
      scored(share < 1 ? ordinal : -ordinal),
    )
    expect(bestOrdinal).toBe(3)
  })

  const values = fc.array(fc.option(fc.integer({ min: -3, max: 3 }), { freq: 4 }), {
    minLength: 1,
    maxLength: 60,
  })

  it('plans a rung the same from any order and any part of its results', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 2, max: 4 }), fc.nat(), (scores, eta, cut) => {
        const settings = { eta, minShare: 0.01 }
        const candidates = ordinalsTo(scores.length)
        const { results, plans } = climb(candidates, settings, (ordinal) => {
          const value = scores[ordinal]!
          return value === null ? null : scored(value)
        })
        const known = cut % (results.length + 1)
        const part = results.slice(0, known).toReversed()
        const step = nextRung(candidates, settings, part)
        if (step.kind === 'done') {
          expect(known).toBe(results.length)
          return
        }
        expect(step.ordinals).toEqual(plans[step.rung])
        const done = part.filter(({ rung }) => rung === step.rung).map(({ ordinal }) => ordinal)
        expect(step.missing).toEqual(step.ordinals.filter((ordinal) => !done.includes(ordinal)))
      }),
      { seed: 62, numRuns: 500 },
    )
  })

  it('ends with the best run where more bars do not change the order', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 2, max: 4 }), (scores, eta) => {
        const { bestOrdinal, plans } = climb(
          ordinalsTo(scores.length),
          { eta, minShare: 0.01 },
          (ordinal, share) => {
            const value = scores[ordinal]!
            return value === null ? null : scored(value * share)
          },
        )
        const known = scores.filter((value) => value !== null)
        expect(bestOrdinal).toBe(known.length === 0 ? undefined : scores.indexOf(Math.max(...known)))
        for (const [rung, plan] of plans.slice(1).entries()) {
          expect(plan.every((ordinal) => plans[rung]!.includes(ordinal))).toBe(true)
        }
      }),
      { seed: 63, numRuns: 500 },
    )
  })
})
