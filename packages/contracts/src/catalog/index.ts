export { backtestJobs, type JobCatalog, jobCatalog, type JobName } from './catalog.ts'
