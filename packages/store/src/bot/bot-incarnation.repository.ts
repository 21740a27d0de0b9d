import { sql } from 'kysely'
import { ACTIVE_STATES } from '@botcriptofy/engine/bot'
import type { BotState } from '@botcriptofy/contracts/bot'
import type { Db } from '../database/index.ts'
import { scopeOf } from '../tenant/index.ts'
import { writeJournal } from './bot-journal.repository.ts'
import { type BotLease, freeLease, requireLease, sendIncarnations } from './bot-lease.repository.ts'

/** Any fixed number that nothing else in the database locks. */
const INCARNATIONS_LOCK = 7_202_611_220_005

export interface RestartRules {
  /** Owners in a row that may end without saying so; one more, and a human has to look. */
  readonly crashLimit: number
  /** An owner that lasted longer was a good one: the count begins anew. */
  readonly goodAfterMs: number
}

export const RESTART_RULES: RestartRules = { crashLimit: 10, goodAfterMs: 600_000 }

const LONGEST_PAUSE_SECONDS = 60

/** The first owner after a crash follows at once, then 1, 2, 4, … seconds later. */
export const restartPauseSeconds = (crashes: number): number =>
  crashes < 2 ? 0 : Math.min(LONGEST_PAUSE_SECONDS, 2 ** (crashes - 2))

interface Unowned {
  readonly bot_id: string
  readonly tenant_id: string
  readonly run_no: number
  readonly state: BotState
  readonly incarnation: number
  readonly crashes: number
  readonly isCrashed: boolean
  readonly wasGood: boolean
}

/**
 * Sends the next owner to each bot that is to have one and has none, neither living nor on its way. Of all processes
 * that ask, one at a time does it. Returns how many were sent, and the bots that crashed too often.
 */
export const replaceOwners = async (
  db: Db,
  { limit, rules = RESTART_RULES }: { readonly limit: number; readonly rules?: RestartRules },
): Promise<{ readonly sent: number; readonly faulted: readonly string[] }> =>
  db.transaction().execute(async (tx) => {
    const lock = await sql<{ got: boolean }>`
      select pg_try_advisory_xact_lock(${INCARNATIONS_LOCK}) as got`.execute(tx)
    if (lock.rows[0]?.got !== true) return { sent: 0, faulted: [] }
    const unowned = await findUnowned(tx, { limit, rules })
    const faulted: string[] = []
    const due: Unowned[] = []
    for (const row of unowned) {
      const crashes = row.isCrashed ? await noteCrash(tx, { ...row, botId: row.bot_id }) : row.crashes
      if (crashes > rules.crashLimit) {
        await giveUp(tx, row, crashes)
        faulted.push(row.bot_id)
      } else if (!row.isCrashed || restartPauseSeconds(crashes) === 0) {
        due.push(row)
      }
    }
    await sendIncarnations(tx, due)
    return { sent: due.length, faulted }
  })

/** Locks the leases it finds, and lets those be that somebody is changing. */
const findUnowned = async (
  tx: Db,
  { limit, rules }: { readonly limit: number; readonly rules: RestartRules },
): Promise<readonly Unowned[]> => {
  const found = await sql<Unowned>`
    select l.bot_id, l.tenant_id, l.run_no, b.state, l.incarnation, l.crashes,
      l.holder is not null as "isCrashed",
      coalesce(l.acquired_at < clock_timestamp() - ${rules.goodAfterMs} * interval '1 millisecond', false) as "wasGood"
    from bot b join bot_lease l on l.bot_id = b.id
    where b.state in (${sql.join(ACTIVE_STATES)})
      and ((l.holder is null and l.restart_at <= clock_timestamp()) or l.expires_at <= clock_timestamp())
      and not exists (select from job_outbox j
        where j.subject_id = l.bot_id and j.name = 'bot.run' and j.done_at is null)
    order by l.restart_at limit ${limit}
    for update of b, l skip locked`.execute(tx)
  return found.rows
}

interface Crash {
  readonly botId: string
  readonly crashes: number
  readonly wasGood: boolean
}

/** The lease is free, and how soon another owner may follow. Returns the crashes in a row. */
const noteCrash = async (tx: Db, { botId, crashes: before, wasGood }: Crash): Promise<number> => {
  const crashes = wasGood ? 1 : before + 1
  await freeLease(tx, botId)
  await tx
    .updateTable('bot_lease')
    .set({
      crashes,
      restart_at: sql<Date>`clock_timestamp() + ${restartPauseSeconds(crashes)} * interval '1 second'`,
    })
    .where('bot_id', '=', botId)
    .execute()
  return crashes
}

const giveUp = async (
  tx: Db,
  { tenant_id, bot_id: botId, run_no: runNo, state }: Unowned,
  crashes: number,
) => {
  const move = { event: 'fault', reason: `${crashes} owners in a row ended without saying so` } as const
  await writeJournal(tx, scopeOf(tenant_id), { botId, runNo, epoch: 0, state, rows: [], moves: [move] })
}

/** An owner that cannot go on: it counts as a crash, and when another one follows is up to the rules. */
export const crashOut = async (db: Db, lease: BotLease, rules: RestartRules = RESTART_RULES): Promise<void> =>
  db.transaction().execute(async (tx) => {
    await requireLease(tx, lease)
    const found = await sql<{ crashes: number; wasGood: boolean }>`
      select crashes, acquired_at < clock_timestamp() - ${rules.goodAfterMs} * interval '1 millisecond' as "wasGood"
      from bot_lease where bot_id = ${lease.botId}`.execute(tx)
    const { crashes = 0, wasGood = false } = found.rows[0] ?? {}
    await noteCrash(tx, { botId: lease.botId, crashes, wasGood })
  })
