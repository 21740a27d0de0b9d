import type { backtestJobs } from '@botcriptofy/contracts/catalog'
import type { Handlers } from '@botcriptofy/contracts/job'
import { planHandlers } from './sweep/plan.jobs.ts'
import { type SweepJobDeps, sweepHandlers } from './sweep/sweep.jobs.ts'
import { walkforwardHandlers } from './walkforward/walkforward.jobs.ts'

/** The handlers of the role backtest; a job of its catalog without one does not compile. */
export const handlersOf = (deps: SweepJobDeps): Handlers<typeof backtestJobs> => ({
  ...sweepHandlers(deps),
  ...planHandlers(deps.db),
  ...walkforwardHandlers(deps.db),
})
