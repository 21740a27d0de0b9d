import type { Db } from '../database/index.ts'
import type { TenantScope } from '../tenant/index.ts'
import { appendBacklog } from './backlog.ts'
import { type ChunkRange, claimChunk } from './complete-chunk.ts'

/**
 * Takes back a chunk of several runs that its workers do not survive, to be handed out again in halves. The bad one is
 * alone after as many splits as its number of runs has binary digits, and the others are computed. What the chunk would
 * still deliver finds its effect taken.
 */
export const splitChunk = async (
  db: Db,
  scope: TenantScope,
  chunk: ChunkRange,
): Promise<{ readonly kind: 'split' | 'duplicate' | 'cancelled' }> =>
  db.transaction().execute(async (tx) => {
    const claim = await claimChunk(tx, scope, chunk)
    if (claim !== 'claimed') return { kind: claim }
    const { sweepId, from, to } = chunk
    await appendBacklog(tx, scope, { sweepId, from, to, maxRuns: Math.ceil((to - from) / 2) })
    return { kind: 'split' }
  })
