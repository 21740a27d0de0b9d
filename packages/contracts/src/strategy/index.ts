export { checkStrategy } from './check-strategy.ts'
export { ruleSchema } from './rule.ts'
export { strategySchema, strategyVersion } from './strategy.ts'
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
