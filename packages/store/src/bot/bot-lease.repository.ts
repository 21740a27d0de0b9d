import { sql } from 'kysely'
import { ACTIVE_STATES } from '@botcriptofy/engine/bot'
import type { BotState, DesiredBotState, StopPolicy } from '@botcriptofy/contracts/bot'
import { type Db, newId } from '../database/index.ts'
import { insertJobs } from '../outbox/index.ts'
import { scopeOf, type TenantScope } from '../tenant/index.ts'
import { writeJournal } from './bot-journal.repository.ts'

/** How long an owner that says nothing is still the owner. */
export const BOT_LEASE_TTL_MS = 10_000

/** The right to act for a bot; every write names it and is refused once another owner has one. */
export interface BotLease {
  readonly tenant: TenantScope
  readonly botId: string
  readonly runNo: number
  readonly epoch: number
}

/** Somebody else owns the bot, or nobody does: what was to be written was not. */
export class BotLeaseLost extends Error {}

/** What the owner is to know of its bot. */
export interface BotOrdersOfTheDay {
  readonly state: BotState
  readonly desired: DesiredBotState
  readonly stopPolicy: StopPolicy | null
}

const FROM_NOW = (ttlMs: number) => sql<Date>`clock_timestamp() + ${ttlMs} * interval '1 millisecond'`

export interface Incarnation {
  readonly tenantId: string
  readonly botId: string
  readonly incarnation: number
}

/**
 * Makes `holder` the owner, where this incarnation is the newest and nobody else owns the bot; undefined otherwise. The
 * job has had its effect either way. Whatever the owner before was about, the new one begins with `INITIALIZING`.
 */
export const acquireBot = async (
  db: Db,
  { tenantId, botId, incarnation }: Incarnation,
  { holder, ttlMs = BOT_LEASE_TTL_MS }: { readonly holder: string; readonly ttlMs?: number | undefined },
): Promise<BotLease | undefined> =>
  db.transaction().execute(async (tx) => {
    await tx
      .updateTable('job_outbox')
      .set({ done_at: sql`now()` })
      .where('subject_id', '=', botId)
      .where('done_at', 'is', null)
      .where(sql<boolean>`(payload ->> 'incarnation')::int <= ${incarnation}`)
      .execute()
    const taken = await sql<{ epoch: number; run_no: number }>`
      update bot_lease l set epoch = l.epoch + 1, holder = ${holder}, expires_at = ${FROM_NOW(ttlMs)},
        acquired_at = clock_timestamp(), waiting_for = null
      from bot b
      where l.bot_id = ${botId} and l.tenant_id = ${tenantId} and l.incarnation = ${incarnation}
        and (l.holder is null or l.expires_at <= clock_timestamp())
        and b.id = l.bot_id and b.state in (${sql.join(ACTIVE_STATES)})
      returning l.epoch, l.run_no`.execute(tx)
    const [row] = taken.rows
    if (row === undefined) return undefined
    const lease = { tenant: scopeOf(tenantId), botId, runNo: row.run_no, epoch: Number(row.epoch) }
    const state = await stateOf(tx, botId)
    const data = { epoch: lease.epoch, incarnation, resumeFrom: state }
    const moves = state === 'INITIALIZING' ? [] : [{ event: 'take_over' } as const]
    await writeJournal(tx, lease.tenant, { ...lease, state, rows: [{ kind: 'lease', data }], moves })
    return lease
  })

/** As it is until the caller's transaction ends; the lease is locked before it, here and everywhere. */
const stateOf = async (tx: Db, botId: string): Promise<BotState> => {
  const row = await tx
    .selectFrom('bot')
    .select('state')
    .where('id', '=', botId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow()
  return row.state
}

/**
 * Refuses what an owner of before would write. Whoever becomes the owner meanwhile waits until the caller's transaction
 * has ended, so that it sees all of it or nothing.
 */
export const requireLease = async (tx: Db, { botId, epoch }: BotLease): Promise<void> => {
  const held = await sql`
    select from bot_lease where bot_id = ${botId} and epoch = ${epoch} and expires_at > clock_timestamp()
    for key share`.execute(tx)
  if (held.rows.length === 0)
    throw new BotLeaseLost(`expected the lease ${epoch} of bot ${botId}, was another or none`)
}

export interface RenewedLease extends BotOrdersOfTheDay {
  readonly botId: string
  readonly epoch: number
}

/** Renews the leases of a process in one statement; those that are not in the answer are lost. */
export const renewBots = async (
  db: Db,
  leases: readonly Pick<BotLease, 'botId' | 'epoch'>[],
  ttlMs = BOT_LEASE_TTL_MS,
): Promise<readonly RenewedLease[]> => {
  if (leases.length === 0) return []
  const ids = leases.map(({ botId }) => botId)
  const epochs = leases.map(({ epoch }) => epoch)
  const renewed = await sql<RenewedLease>`
    with held as (select * from unnest(${ids}::uuid[], ${epochs}::bigint[]) as held (bot_id, epoch))
    update bot_lease l set expires_at = ${FROM_NOW(ttlMs)}
    from held, bot b
    where l.bot_id = held.bot_id and l.epoch = held.epoch and l.expires_at > clock_timestamp() and b.id = l.bot_id
    returning l.bot_id as "botId", l.epoch, b.state, l.desired_state as desired, l.stop_policy as "stopPolicy"`.execute(
    db,
  )
  return renewed.rows
}

/** What the owner waits for, in words, for those who look at the bot. */
export const noteWaiting = async (
  db: Db,
  { botId, epoch }: BotLease,
  waitingFor: string | null,
): Promise<void> => {
  await db
    .updateTable('bot_lease')
    .set({ waiting_for: waitingFor })
    .where('bot_id', '=', botId)
    .where('epoch', '=', epoch)
    .execute()
}

/** Nobody owns the bot any more, in the transaction of whatever ends the ownership. */
export const freeLease = async (tx: Db, botId: string): Promise<void> => {
  await tx
    .updateTable('bot_lease')
    .set({ holder: null, expires_at: null, waiting_for: null })
    .where('bot_id', '=', botId)
    .execute()
}

/** Ends whatever ownership there is; its owner can write nothing any more. */
export const revokeLease = async (tx: Db, botId: string): Promise<void> => {
  await freeLease(tx, botId)
  await tx
    .updateTable('bot_lease')
    .set((eb) => ({ epoch: eb('epoch', '+', 1) }))
    .where('bot_id', '=', botId)
    .execute()
}

/** Sends for owners: the next incarnation of each bot, as a job of the queue, in the caller's transaction. */
export const sendIncarnations = async (
  tx: Db,
  bots: readonly { readonly tenant_id: string; readonly bot_id: string }[],
): Promise<void> => {
  if (bots.length === 0) return
  const rows = await tx
    .updateTable('bot_lease')
    .set((eb) => ({ incarnation: eb('incarnation', '+', 1) }))
    .where(
      'bot_id',
      'in',
      bots.map((bot) => bot.bot_id),
    )
    .returning(['tenant_id', 'bot_id', 'incarnation'])
    .execute()
  for (const tenantId of new Set(rows.map((row) => row.tenant_id))) {
    const jobs = rows.filter((row) => row.tenant_id === tenantId)
    await insertJobs(
      tx,
      scopeOf(tenantId),
      jobs.map(({ bot_id: botId, incarnation }) => ({
        name: 'bot.run' as const,
        payload: { v: 1 as const, tenantId, botId, incarnation },
        subjectId: botId,
        jobKey: `bot-${botId}-${incarnation}`,
      })),
    )
  }
}

/** Who owns a bot, as the log tells it. */
export const newHolder = (host: string, pid: number): string => `${host}/${pid}/${newId()}`
