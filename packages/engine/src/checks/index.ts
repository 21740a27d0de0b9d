export { checkData } from './data-check.ts'
export {
  DATA_FINDING_CODES,
  type DataCheck,
  type DataFinding,
  type DataFindingCode,
  type DataPlace,
  type IndicatorWarmup,
  LOOKAHEAD_SUBJECTS,
  type LookaheadCheck,
  type LookaheadDifference,
  type RunChecks,
  type WarmupCheck,
} from './findings.ts'
export { checkLookahead, type LookaheadInput } from './lookahead.ts'
export { type PortfolioChecks, portfolioChecks, type PortfolioChecksInput } from './portfolio-checks.ts'
export { runChecks, type RunChecksInput } from './run-checks.ts'
export { type Verdict, VERDICTS } from './verdict.ts'
export { checkWarmup, type WarmupInput } from './warmup.ts'
