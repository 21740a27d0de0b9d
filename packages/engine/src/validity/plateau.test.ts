import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bestPlateau, parameterPlateau, type PlateauTrial } from './plateau.ts'

/** Rows are `fast`, columns are `slow`. */
const grid = (rows: readonly (readonly (number | null)[])[]): PlateauTrial[] =>
  rows.flatMap((row, r) =>
    row.map((objective, c) => ({ params: { fast: 5 + 5 * r, slow: 20 + 10 * c }, objective })),
  )

describe('parameterPlateau', () => {
  it('measures what is lost one step along each axis', () => {
    const { trials, best } = parameterPlateau(
      grid([
        [0.5, 1.5, 0.4],
        [1.8, 2.0, 1.6],
        [0.2, 1.0, 0.1],
      ]),
    )
    expect(best).toBe(4)
    const centre = trials[4]!
    expect(centre).toMatchObject({ neighbours: 4, edges: 0, missing: 0 })
    // Losses 0.25, 0.1, 0.2 and 0.5 of 2.0.
    expect(centre.meanLoss).toBeCloseTo(0.2625, 14)
    expect(centre.worstLoss).toBeCloseTo(0.5, 14)
    expect(centre.score).toBeCloseTo(0.7375, 14)
    // Neighbours 1.5 and 1.8 are better by 200 % and 260 %.
    const corner = trials[0]!
    expect(corner).toMatchObject({ neighbours: 2, edges: 2, missing: 0, score: 1 })
    expect(corner.meanLoss).toBeCloseTo(-2.3, 14)
    expect(corner.worstLoss).toBeCloseTo(-2, 14)
  })

  it('says which neighbours are missing', () => {
    const trials = grid([
      [null, 1.5, 0.4],
      [1.8, 2.0, null],
    ]).filter((_, at) => at !== 1)
    const plateau = parameterPlateau(trials)
    expect(plateau.best).toBe(3)
    expect(plateau.trials[3]).toMatchObject({ neighbours: 1, edges: 1, missing: 2 })
    expect(plateau.trials[3]!.score).toBeCloseTo(0.9, 14)
  })

  it('takes the order of values for the axis, not that of the trials', () => {
    const at = (period: number, objective: number): PlateauTrial => ({ params: { period }, objective })
    const { trials } = parameterPlateau([at(30, 1), at(10, 4), at(20, 2)])
    expect(trials.map(({ meanLoss }) => meanLoss)).toEqual([-1, 0.5, -0.25])
  })

  it('holds the loss against the size of a negative objective', () => {
    const { trials } = parameterPlateau(grid([[-2, -3, -1]]))
    expect(trials[1]).toMatchObject({ meanLoss: -0.5, score: 1 })
    expect(trials[0]).toMatchObject({ meanLoss: 0.5, worstLoss: 0.5, score: 0.5 })
  })

  it.each<[string, readonly (number | null)[], number]>([
    ['NO_OBJECTIVE', [null, 1], 0],
    ['NO_NEIGHBOURS', [1, null], 0],
    ['NO_NEIGHBOURS', [1], 0],
    ['ZERO_OBJECTIVE', [0, 1], 0],
  ])('is undefined: %s', (reason, objectives, at) => {
    const { trials } = parameterPlateau(grid([objectives]))
    expect(trials[at]).toMatchObject({ meanLoss: reason, worstLoss: reason, score: reason })
  })

  it('has no best trial where none has an objective', () => {
    expect(parameterPlateau(grid([[null, null]])).best).toBeNull()
    expect(parameterPlateau([]).best).toBeNull()
    expect(bestPlateau(grid([[null, null]]))).toBeNull()
  })

  it('is the same around the best trial alone', () => {
    const objective = fc.option(fc.integer({ min: -9, max: 9 }), { nil: null, freq: 6 })
    const rows = fc.array(fc.array(objective, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(rows, (values) => {
        const { trials, best } = parameterPlateau(grid(values))
        expect(bestPlateau(grid(values))).toEqual(best === null ? null : { best, plateau: trials[best] })
      }),
      { seed: 5 },
    )
  })

  it('does not change with the unit of the objective or the order of the trials', () => {
    const objective = fc.option(fc.integer({ min: 1, max: 1000 }), { nil: null, freq: 6 })
    const rows = fc.array(fc.array(objective, { minLength: 3, maxLength: 3 }), { minLength: 2, maxLength: 4 })
    fc.assert(
      fc.property(rows, (values) => {
        const trials = grid(values)
        const { trials: plain } = parameterPlateau(trials)
        const doubled = trials.map((trial) => ({
          ...trial,
          objective: trial.objective === null ? null : trial.objective * 2,
        }))
        expect(parameterPlateau(doubled).trials).toEqual(plain)
        const turned = parameterPlateau(trials.toReversed()).trials.toReversed()
        expect(turned).toEqual(plain)
        for (const { neighbours, edges, missing } of plain) expect(neighbours + edges + missing).toBe(4)
      }),
      { seed: 4 },
    )
  })
})
