export { findJobs, type JobRow, type JobSearch } from './job.repository.ts'
