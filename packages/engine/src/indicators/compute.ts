import { invariant } from '../kernel/index.ts'
import type { Candles } from '../market/index.ts'
import type { IndicatorDefinition, IndicatorSpec } from './definition.ts'
import { requireFiniteColumns } from './finite.ts'
import { findIndicator } from './registry.ts'

/** The definition of a resolved spec. */
export const definitionOf = (spec: IndicatorSpec): IndicatorDefinition => {
  const definition = findIndicator(spec.type)
  invariant(definition !== undefined, `indicator ${spec.type} is known`)
  return definition
}

/**
 * One fresh column per line, aligned with the bars, NaN while undefined. Throws where the candles hold NaN or an
 * infinity.
 */
export const computeIndicator = (candles: Candles, spec: IndicatorSpec): Float64Array[] => {
  const definition = definitionOf(spec)
  requireFiniteColumns(candles, definition, spec)
  const columns = definition.lines.map(() => new Float64Array(candles.close.length))
  definition.compute({ candles, source: candles[spec.source] }, spec.params, columns)
  return columns
}

/**
 * A key that is equal for specs which give equal columns: `macd(12,26,9)@close`. Indicators that take no
 * source have none in their key.
 */
export const specKey = (spec: IndicatorSpec): string => {
  const definition = definitionOf(spec)
  const values = definition.parameters.map(({ name }) => spec.params[name])
  return `${spec.type}(${values.join(',')})${definition.takesSource ? `@${spec.source}` : ''}`
}
