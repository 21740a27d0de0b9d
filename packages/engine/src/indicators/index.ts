export { computeIndicator, definitionOf, specKey } from './compute.ts'
export type {
  IndicatorBar,
  IndicatorDefinition,
  IndicatorInput,
  IndicatorParameter,
  IndicatorParams,
  IndicatorSpec,
  IndicatorState,
  IndicatorStream,
} from './definition.ts'
export { registerIndicator } from './custom/register.ts'
export {
  findIndicator,
  indicatorDigests,
  type IndicatorOrigin,
  INDICATOR_TYPES,
  indicatorTypes,
  originOf,
} from './registry.ts'
export { type IndicatorRequest, resolveIndicator } from './resolve.ts'
export { lineLookbacks } from './warm-up.ts'
