import { sql } from 'kysely'
import type { BotState } from '@botcriptofy/contracts/bot'
import { type BotEvent, transition, type TransitionFacts } from '@botcriptofy/engine/bot'
import type { Db } from '../database/index.ts'
import { insertEvent } from '../event/index.ts'
import type { TenantScope } from '../tenant/index.ts'

export interface JournalRow {
  readonly kind: string
  readonly data: object
}

export interface JournalWrite {
  readonly botId: string
  readonly runNo: number
  /** Of the owner that writes; 0: a user does. */
  readonly epoch: number
  /** What the writer takes the state to be. */
  readonly state: BotState
  readonly rows: readonly JournalRow[]
  readonly move?: BotMove | undefined
}

export interface BotMove {
  readonly event: BotEvent
  readonly facts?: TransitionFacts
  /** For whoever asks why. */
  readonly reason?: string | undefined
}

/** The state is not the one that the writer took it to be: nothing was written. */
export class BotStateMoved extends Error {}

/**
 * Appends to a bot's journal in the caller's transaction, where the state is still what the writer thinks, and moves it
 * where the table of moves allows it. Returns the state it is in then.
 */
export const writeJournal = async (tx: Db, scope: TenantScope, write: JournalWrite): Promise<BotState> => {
  const { botId, runNo, epoch, state } = write
  const to = targetOf(write)
  const moved = to === state ? [] : [moveRow(write, to)]
  const rows = [...write.rows, ...moved]
  const bot = await tx
    .updateTable('bot')
    .set((eb) => ({ journal_seq: eb('journal_seq', '+', rows.length), state: to }))
    .where('tenant_id', '=', scope.tenantId)
    .where('id', '=', botId)
    .where('state', '=', state)
    .returning('journal_seq')
    .executeTakeFirst()
  if (bot === undefined) throw new BotStateMoved(`expected bot ${botId} in the state ${state}, was another`)
  const firstSeq = bot.journal_seq - rows.length + 1
  if (rows.length > 0) {
    const data = rows.map((row) => JSON.stringify(row.data))
    const kinds = rows.map(({ kind }) => kind)
    await sql`
      insert into bot_journal (tenant_id, bot_id, seq, run_no, epoch, kind, data)
      select ${scope.tenantId}, ${botId}, ${firstSeq} + at - 1, ${runNo}, ${epoch}, kind, data::json
      from unnest(${kinds}::text[], ${data}::text[]) with ordinality as rows (kind, data, at)`.execute(tx)
  }
  for (const { data } of moved) await insertEvent(tx, scope, { type: 'bot.moved', subjectId: botId, data })
  return to
}

const targetOf = ({ botId, state, move }: JournalWrite): BotState => {
  if (move === undefined) return state
  const next = transition(state, move.event, move.facts)
  if (!next.ok) throw new Error(`bot ${botId}: ${next.reason}`)
  return next.to
}

const moveRow = ({ state: from, move }: JournalWrite, to: BotState): JournalRow => ({
  kind: 'state',
  data: {
    from,
    to,
    event: move?.event,
    ...(move?.reason === undefined ? {} : { reason: move.reason }),
  },
})

/** Oldest first, above `afterSeq`. */
export const readJournal = async (
  db: Db,
  scope: TenantScope,
  page: {
    readonly botId: string
    readonly limit: number
    readonly afterSeq: number
    readonly kinds?: readonly string[] | undefined
  },
) => {
  let query = db
    .selectFrom('bot_journal')
    .select(['seq', 'run_no', 'epoch', 'kind', 'data', 'created_at'])
    .where('tenant_id', '=', scope.tenantId)
    .where('bot_id', '=', page.botId)
    .where('seq', '>', page.afterSeq)
    .orderBy('seq')
    .limit(page.limit)
  if (page.kinds !== undefined) query = query.where('kind', 'in', page.kinds)
  return query.execute()
}
