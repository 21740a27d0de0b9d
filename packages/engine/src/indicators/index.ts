export type {
  IndicatorDefinition,
  IndicatorInput,
  IndicatorParameter,
  IndicatorParams,
  IndicatorSpec,
} from './definition.ts'
