import { botJobs } from '../bot/index.ts'
import { candleJobs } from '../candles/index.ts'
import { sweepJobs, sweepPlanJobs, sweepReduceJobs } from '../sweep/index.ts'
import { walkforwardJobs } from '../walkforward/index.ts'

/** The jobs that workers with the role backtest take. */
export const backtestJobs = {
  ...sweepJobs,
  ...sweepReduceJobs,
  ...sweepPlanJobs,
  ...walkforwardJobs,
} as const

/** Every job there is, by name (`noun.verb`). */
export const jobCatalog = { ...backtestJobs, ...botJobs, ...candleJobs } as const
export type JobCatalog = typeof jobCatalog
export type JobName = keyof JobCatalog
