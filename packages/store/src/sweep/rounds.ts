import {
  type Axis,
  candidateAt,
  type PlacedRound,
  type RoundResult,
  type Search,
  type SearchRound,
  type SweepPlan,
} from '@botcriptofy/engine/sweep'
import type { Db } from '../database/index.ts'
import type { TenantScope } from '../tenant/index.ts'
import { appendBacklog } from './backlog.ts'
import { findGrids } from './grids.ts'

/** The rounds of a search that were planned so far, in their order. */
export const findRounds = async (
  db: Db,
  scope: TenantScope,
  sweepId: string,
): Promise<readonly PlacedRound[]> => {
  const rows = await db
    .selectFrom('sweep_round')
    .select(['round', 'first_ordinal', 'runs', 'share', 'candidates'])
    .where('tenant_id', '=', scope.tenantId)
    .where('sweep_id', '=', sweepId)
    .orderBy('round')
    .execute()
  return rows.map(({ first_ordinal: firstOrdinal, ...row }) => ({ ...row, firstOrdinal }))
}

/** What the ordinals of a sweep mean. The JSON columns were validated when it was accepted. */
export const findPlan = async (
  db: Db,
  scope: TenantScope,
  row: { readonly id: string; readonly axes: unknown; readonly search: object | null },
): Promise<SweepPlan> => {
  const axes = row.axes as readonly Axis[]
  if (row.search === null) return { search: null, grids: await findGrids(db, scope, { id: row.id, axes }) }
  return { search: row.search as Search, axes, rounds: await findRounds(db, scope, row.id) }
}

export const sizeOfRound = ({ ordinals }: SearchRound): number =>
  'from' in ordinals ? ordinals.to - ordinals.from : ordinals.length

/** Gives the first `runs` of a planned round the ordinals from `firstOrdinal` on, and the dispatcher these. */
export const appendRound = async (
  tx: Db,
  scope: TenantScope,
  place: {
    readonly sweepId: string
    readonly firstOrdinal: number
    readonly runs: number
    readonly planned: SearchRound
    /** A chunk of it has no more runs than this. */
    readonly maxRuns?: number | undefined
  },
): Promise<void> => {
  const { sweepId, firstOrdinal, runs, planned, maxRuns } = place
  const { round, share, ordinals } = planned
  await tx
    .insertInto('sweep_round')
    .values({
      tenant_id: scope.tenantId,
      sweep_id: sweepId,
      round,
      first_ordinal: firstOrdinal,
      runs,
      share,
      candidates: 'from' in ordinals ? null : JSON.stringify(ordinals.slice(0, runs)),
    })
    .execute()
  await appendBacklog(tx, scope, { sweepId, from: firstOrdinal, to: firstOrdinal + runs, maxRuns })
}

/** The first ordinal that no round has. */
export const endOfRounds = (rounds: readonly PlacedRound[]): number => {
  const last = rounds.at(-1)
  return last === undefined ? 0 : last.firstOrdinal + last.runs
}

/** What the runs of the rounds came to, as a search asks for it. */
export const resultsOfRounds = async (
  db: Db,
  scope: TenantScope,
  { sweepId, rounds }: { readonly sweepId: string; readonly rounds: readonly PlacedRound[] },
): Promise<readonly RoundResult[]> => {
  const runs = await db
    .selectFrom('sweep_run')
    .select(['ordinal', 'status', 'objective_value as score', 'violation'])
    .where('tenant_id', '=', scope.tenantId)
    .where('sweep_id', '=', sweepId)
    .orderBy('ordinal')
    .execute()
  return runs.map(({ ordinal, status, score, violation }) => {
    const { round, candidate } = candidateAt(rounds, ordinal)
    return { round, ordinal: candidate, score: status === 'failed' ? null : { score, violation } }
  })
}
