export { ruleSchema, strategySchema } from './strategy.ts'
