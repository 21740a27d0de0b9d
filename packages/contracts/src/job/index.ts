export { defineJob, type Handlers, type JobContext, type JobDefinition, type JobPayload } from './job.ts'
