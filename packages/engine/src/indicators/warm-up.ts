import type { IndicatorDefinition, IndicatorParams } from './definition.ts'

/** Marks the first `count` cells of a column as undefined. */
export const markUndefined = (column: Float64Array, count: number): void => {
  column.fill(Number.NaN, 0, Math.min(count, column.length))
}

/** Index of the first value of each line, in the order of `definition.lines`. */
export const lineLookbacks = (definition: IndicatorDefinition, params: IndicatorParams): readonly number[] =>
  definition.lineLookbacks?.(params) ?? definition.lines.map(() => definition.lookback(params))

/** What is left of a seed when it no longer counts, relative to its start. */
const FADED = 1e-6

/** Bars until the seed of a recursion `y += alpha * (x - y)` has faded below 1e-6; alpha in (0, 1]. */
export const fadeBars = (alpha: number): number =>
  alpha >= 1 ? 0 : Math.ceil(Math.log(FADED) / Math.log(1 - alpha))

/** Smoothing factor of an EMA of `period` bars. */
export const emaAlpha = (period: number): number => 2 / (period + 1)
