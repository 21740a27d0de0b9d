import { sql } from 'kysely'
import type { BotState } from '@botcriptofy/contracts/bot'
import { type BotEvent, transition, type TransitionFacts } from '@botcriptofy/engine/bot'
import type { Db } from '../database/index.ts'
import { insertEvents } from '../event/index.ts'
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
  /** One after the other. */
  readonly moves?: readonly BotMove[] | undefined
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
  const { to, moved } = followMoves(write)
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
  if (rows.length === 0) return to
  const firstSeq = bot.journal_seq - rows.length + 1
  const data = rows.map((row) => JSON.stringify(row.data))
  const kinds = rows.map(({ kind }) => kind)
  await sql`
    insert into bot_journal (tenant_id, bot_id, seq, run_no, epoch, kind, data)
    select ${scope.tenantId}, ${botId}, ${firstSeq} + at - 1, ${runNo}, ${epoch}, kind, data::json
    from unnest(${kinds}::text[], ${data}::text[]) with ordinality as rows (kind, data, at)`.execute(tx)
  const events = moved.map((move) => ({ type: 'bot.moved', subjectId: botId, data: move.data }))
  await insertEvents(tx, scope, events)
  return to
}

const followMoves = ({ botId, state, moves = [] }: JournalWrite) => {
  const moved: JournalRow[] = []
  let from = state
  for (const { event, facts, reason } of moves) {
    const next = transition(from, event, facts)
    if (!next.ok) throw new Error(`bot ${botId}: ${next.reason}`)
    moved.push({
      kind: 'state',
      data: { from, to: next.to, event, ...(reason === undefined ? {} : { reason }) },
    })
    from = next.to
  }
  return { to: from, moved }
}

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
