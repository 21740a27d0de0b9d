import { sql } from 'kysely'
import type { BotState } from '@botcriptofy/contracts/bot'
import { type BotOrder, type BotRunState, isFlat, isQuiet, type JournalEntry } from '@botcriptofy/engine/bot'
import type { Db } from '../database/index.ts'
import { insertEvents } from '../event/index.ts'
import { type BotMove, type JournalRow, writeJournal } from './bot-journal.repository.ts'
import { type BotLease, freeLease, requireLease } from './bot-lease.repository.ts'
import { clientOrderIdOf } from './client-order-id.ts'

/** All that one step of an owner changes. */
export interface BotCommit {
  /** What the owner takes the state to be. */
  readonly state: BotState
  /** Of the run before the step; another one since means that the step is of an owner of before. */
  readonly coreSeq?: number
  /** After the step; left out where nothing of it changed. */
  readonly run?: BotRunState
  readonly journal?: readonly (JournalEntry | (JournalRow & { readonly kind: 'lease' | 'note' }))[]
  readonly orders?: readonly BotOrder[]
  /** Round trips that ended, as the contract prints them. */
  readonly trades?: readonly object[]
  /** Quote units at the last close. */
  readonly equity?: number | undefined
  /** One after the other. */
  readonly moves?: readonly BotMove[]
  /** The owner is the owner no longer. */
  readonly isLast?: boolean
  /** Anything else that belongs to the step. */
  readonly also?: (tx: Db) => Promise<unknown>
}

/** Another step was committed than the owner thinks. */
export class BotRunMoved extends Error {}

/**
 * A step of an owner, whole or not at all: lease, state and checkpoint are checked, then everything is written. Returns
 * the state the bot is in then. Throws `BotLeaseLost`, `BotStateMoved` or `BotRunMoved` where nothing was.
 */
export const commitBot = async (db: Db, lease: BotLease, commit: BotCommit): Promise<BotState> =>
  db.transaction().execute(async (tx) => {
    await requireLease(tx, lease)
    const { tenant, botId, runNo, epoch } = lease
    const rows = (commit.journal ?? []).map(journalRow)
    const { state, moves } = commit
    const to = await writeJournal(tx, tenant, { botId, runNo, epoch, state, rows, moves })
    if (commit.run !== undefined) await saveRun(tx, lease, { run: commit.run, commit })
    if (commit.orders !== undefined) await saveOrders(tx, lease, commit.orders)
    if (commit.trades !== undefined) await saveTrades(tx, lease, commit)
    await commit.also?.(tx)
    if (commit.isLast === true) await freeLease(tx, botId)
    return to
  })

const journalRow = (entry: NonNullable<BotCommit['journal']>[number]): JournalRow => {
  if ('data' in entry) return entry
  const { kind, ...data } = entry
  return { kind, data }
}

const saveRun = async (
  tx: Db,
  { botId, runNo }: BotLease,
  { run, commit }: { readonly run: BotRunState; readonly commit: BotCommit },
): Promise<void> => {
  const saved = await tx
    .updateTable('bot_run')
    .set({
      core_seq: run.run.core.seq,
      bars: run.bars,
      first_open_ms: run.firstTime,
      last_open_ms: run.lastTime,
      signals_from_bar: run.signalsFromBar,
      is_flat: isFlat(run) && isQuiet(run),
      ...(commit.equity === undefined ? {} : { equity: commit.equity }),
      state: JSON.stringify(run),
    })
    .where('bot_id', '=', botId)
    .where('run_no', '=', runNo)
    .where('core_seq', '=', commit.coreSeq ?? 0)
    .executeTakeFirst()
  if (saved.numUpdatedRows === 0n)
    throw new BotRunMoved(`run ${runNo} of bot ${botId} has gone on without its owner`)
}

const saveOrders = async (tx: Db, lease: BotLease, orders: readonly BotOrder[]): Promise<void> => {
  const { tenant, botId, runNo, epoch } = lease
  for (const order of orders) {
    const changing = {
      reason: order.reason,
      status: order.status,
      code: order.code,
      filled_quantity: order.quantity,
      average_price: order.quantity > 0 ? order.cost / order.quantity : null,
      fees: order.fees,
    }
    await tx
      .insertInto('bot_intent')
      .values({
        tenant_id: tenant.tenantId,
        bot_id: botId,
        run_no: runNo,
        seq: order.seq,
        client_order_id: clientOrderIdOf(botId, runNo, order.seq),
        epoch,
        signal_ms: order.signalTime,
        leg: order.leg,
        n: order.n,
        side: order.side,
        kind: order.kind,
        stop_price: order.stopPrice,
        limit_price: order.limitPrice,
        ...changing,
      })
      .onConflict((conflict) =>
        conflict.columns(['bot_id', 'run_no', 'seq']).doUpdateSet({ ...changing, updated_at: sql`now()` }),
      )
      .execute()
  }
  const events = orders.map(({ seq, leg, side, status, quantity }) => ({
    type: 'bot.ordered',
    subjectId: botId,
    data: { seq, leg, side, status, quantity },
  }))
  await insertEvents(tx, tenant, events)
}

const saveTrades = async (tx: Db, lease: BotLease, { trades = [], run }: BotCommit): Promise<void> => {
  const { tenant, botId, runNo } = lease
  const before = (run?.trades ?? 0) - trades.length
  for (const [at, trade] of trades.entries()) {
    await tx
      .insertInto('bot_trade')
      .values({
        tenant_id: tenant.tenantId,
        bot_id: botId,
        run_no: runNo,
        n: before + at + 1,
        trade: JSON.stringify(trade),
      })
      .execute()
  }
  const events = trades.map((trade) => ({ type: 'bot.traded', subjectId: botId, data: trade }))
  await insertEvents(tx, tenant, events)
}
