export { indicatorDigests } from '@botcriptofy/engine/indicators'
export { registerIndicatorModule } from './indicator-module.ts'
export {
  indicatorIdSchema,
  indicatorRequestSchema,
  type IndicatorsSpec,
  indicatorsSpecSchema,
} from './indicators.ts'
