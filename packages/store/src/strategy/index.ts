export { saveStrategyBody } from './strategy-body.ts'
export {
  findStrategy,
  findStrategyVersion,
  insertStrategy,
  insertStrategyVersion,
  listStrategies,
  listStrategyVersions,
  type StrategyRow,
  type StrategySaved,
  type StrategyVersionRow,
} from './strategy.repository.ts'
