export { checkSweep, MAX_COMBINATIONS } from './check-sweep.ts'
export { objectiveInput } from './objective.ts'
export { searchBudget, searchInput } from './search.ts'
export {
  metricName,
  resultsQuery,
  submitSweepBody,
  sweepPage,
  sweepRunPage,
  sweepRunView,
  sweepSummary,
  sweepView,
  type SweepView,
} from './sweep.http.ts'
export { type SweepChunkPayload, sweepChunkPayload, sweepJobs } from './sweep.jobs.ts'
