import { err, ok, type Problem, type Result } from '@botcriptofy/engine/kernel'
import type { Strategy } from '@botcriptofy/engine/strategy'
import { type Axis, type AxisValues, countNew, type Grid, openGrids } from '@botcriptofy/engine/sweep'
import { checkSweep, MAX_COMBINATIONS } from './check-sweep.ts'

/** A sweep that is to be extended. */
export interface ExtensibleSweep {
  readonly strategy: Strategy
  /** Its own grid and those that were appended. */
  readonly grids: readonly Grid[]
  /** Its combinations. */
  readonly total: number
}

export interface Extension {
  readonly axes: readonly Axis[]
  /** How many of the combinations the sweep does not have. */
  readonly added: number
}

/** The grid to append: parameters that are left out keep the values of the sweep's own grid. */
export const checkExtension = (
  { strategy, grids, total }: ExtensibleSweep,
  parameters: Readonly<Record<string, AxisValues>>,
): Result<Extension, readonly Problem[]> => {
  const known = Object.fromEntries(grids[0]?.axes ?? [])
  const strangers = Object.keys(parameters).filter((path) => !Object.hasOwn(known, path))
  if (strangers.length > 0) {
    const expected = `a parameter of the sweep (${Object.keys(known).join(', ')})`
    return err(strangers.map((path) => ({ path: `parameters.${path}`, expected, actual: 'another path' })))
  }
  const axes = checkSweep(strategy, { ...known, ...parameters })
  if (!axes.ok) return axes
  const added = countNew([...grids, { firstOrdinal: openGrids(grids).end, axes: axes.value }])
  if (added > 0 && total + added <= MAX_COMBINATIONS) return ok({ axes: axes.value, added })
  const expected =
    added === 0
      ? 'at least one combination that the sweep does not have'
      : `at most ${MAX_COMBINATIONS} combinations in all`
  return err([{ path: 'parameters', expected, actual: added === 0 ? 'none' : String(total + added) }])
}
