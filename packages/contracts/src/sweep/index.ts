export { type SweepChunkPayload, sweepChunkPayload, sweepJobs } from './sweep.jobs.ts'
