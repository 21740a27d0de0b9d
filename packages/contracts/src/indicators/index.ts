export {
  indicatorIdSchema,
  indicatorRequestSchema,
  type IndicatorsSpec,
  indicatorsSpecSchema,
} from './indicators.ts'
