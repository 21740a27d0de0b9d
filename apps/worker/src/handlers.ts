import type { JobCatalog } from '@botcriptofy/contracts/catalog'
import type { botJobs } from '@botcriptofy/contracts/bot'
import type { Handlers } from '@botcriptofy/contracts/job'
import { planHandlers } from './sweep/plan.jobs.ts'
import { type SweepJobDeps, sweepHandlers } from './sweep/sweep.jobs.ts'
import { walkforwardHandlers } from './walkforward/walkforward.jobs.ts'

type BotJobs = typeof botJobs

/** Jobs of backtests; with those of bots all of the catalog: one without a handler does not compile. */
export const handlersOf = (deps: SweepJobDeps): Handlers<Omit<JobCatalog, keyof BotJobs>> => ({
  ...sweepHandlers(deps),
  ...planHandlers(deps.db),
  ...walkforwardHandlers(deps.db),
})
