import { botJobs } from '../bot/index.ts'
import { sweepJobs, sweepPlanJobs, sweepReduceJobs } from '../sweep/index.ts'
import { walkforwardJobs } from '../walkforward/index.ts'

/** Every job there is, by name (`noun.verb`). */
export const jobCatalog = {
  ...sweepJobs,
  ...sweepReduceJobs,
  ...sweepPlanJobs,
  ...walkforwardJobs,
  ...botJobs,
} as const
export type JobCatalog = typeof jobCatalog
export type JobName = keyof JobCatalog
