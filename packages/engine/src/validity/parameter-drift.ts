import type { Axis, Params } from '../sweep/index.ts'

/** How one parameter's choice moved from window to window. */
export interface ParameterDrift {
  readonly path: string
  /** Different values that were chosen. */
  readonly distinct: number
  /** Windows that chose another value than the one before. */
  readonly changes: number
  /**
   * Mean step between neighbouring windows, as a share of the steps from the grid's first value to its last: 0 never
   * moves, 1 jumps from end to end each time. 0 with fewer than two choices, and for a parameter of one value.
   */
  readonly meanStep: number
}

/**
 * Choices that wander over the grid say that training finds no lasting optimum (Pardo, 2008, ch. 11). `choices` are in
 * the order of the windows; windows that chose nothing are left out.
 */
export const parameterDrift = (
  axes: readonly Axis[],
  choices: readonly Params[],
): readonly ParameterDrift[] =>
  axes.map(([path, values]) => {
    const levels = choices.map((choice) => values.indexOf(choice[path] as number))
    const steps = levels.slice(1).map((level, k) => Math.abs(level - (levels[k] as number)))
    const span = Math.max(1, values.length - 1) * Math.max(1, steps.length)
    return {
      path,
      distinct: new Set(levels).size,
      changes: steps.filter((step) => step > 0).length,
      meanStep: steps.reduce((sum, step) => sum + step, 0) / span,
    }
  })
