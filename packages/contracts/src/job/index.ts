export { defineJob, type Handlers, type JobContext, type JobDefinition, type JobPayload } from './job.ts'
export {
  JOB_STATES,
  jobPage,
  jobsQuery,
  type JobsQuery,
  jobState,
  type JobState,
  jobView,
  type JobView,
} from './job.http.ts'
