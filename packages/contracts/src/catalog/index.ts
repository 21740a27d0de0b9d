export { isJobName, type JobCatalog, jobCatalog, type JobName } from './catalog.ts'
