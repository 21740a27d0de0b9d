import type { JobCatalog } from '@botcriptofy/contracts/catalog'
import type { Handlers } from '@botcriptofy/contracts/job'
import { planHandlers } from './sweep/plan.jobs.ts'
import { type SweepJobDeps, sweepHandlers } from './sweep/sweep.jobs.ts'
import { walkforwardHandlers } from './walkforward/walkforward.jobs.ts'

/** The table of all handlers; a job of the catalog without one does not compile. */
export const handlersOf = (deps: SweepJobDeps): Handlers<JobCatalog> => ({
  ...sweepHandlers(deps),
  ...planHandlers(deps.db),
  ...walkforwardHandlers(deps.db),
})
