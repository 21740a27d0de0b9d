import type { JobContext } from '@botcriptofy/contracts/job'
import type { Db } from '@botcriptofy/store/database'
import { findStarts } from '@botcriptofy/store/outbox'

/** Workers that a run may take down before it is given up; after the first it computes with nothing beside it. */
const MAX_DEATHS = 3

/**
 * What to do with a chunk of so many runs that was computed so many times by workers that did not survive it. Which run
 * it was nobody knows while there are several; and one alone is not blamed for what was computed beside it.
 */
export const judgeChunk = ({ runs, deaths }: { readonly runs: number; readonly deaths: number }) => {
  if (deaths === 0) return 'beside others'
  if (runs > 1) return 'split'
  return deaths < MAX_DEATHS ? 'alone' : 'give up'
}

/**
 * Deaths of workers while they computed this chunk. A stall alone is none: the worker may have held the chunk and computed
 * another. A start alone is none either: the worker may have failed and told so.
 */
export const countDeaths = async (
  db: Db,
  { outboxId, stalls }: Pick<JobContext, 'outboxId' | 'stalls'>,
): Promise<number> => (stalls === 0 ? 0 : Math.min(stalls, await findStarts(db, outboxId)))

export const poisonOf = (deaths: number) => ({
  code: 'WORKER_DIED',
  detail: `expected a worker to survive the run, took ${deaths} down, the last ones while it was alone`,
})
