import { sweepJobs, sweepPlanJobs } from '../sweep/index.ts'

/** Every job there is, by name (`noun.verb`). */
export const jobCatalog = { ...sweepJobs, ...sweepPlanJobs } as const
export type JobCatalog = typeof jobCatalog
export type JobName = keyof JobCatalog
