export { checkStrategy } from './check-strategy.ts'
export { ruleSchema, strategySchema } from './strategy.ts'
export {
  saveStrategyBody,
  strategyInput,
  strategyPage,
  strategyReference,
  strategyVersionPage,
  strategyVersionParams,
  strategyVersionView,
  strategyView,
} from './strategy.http.ts'
