import { sql } from 'kysely'
import type { Db } from '../database/index.ts'
import { type BotLease, sendIncarnations } from './bot-lease.repository.ts'

/**
 * Ends the ownership of all these leases that still hold and sends for the next owners, in one transaction: a process
 * that ends has hundreds of them and no time. A step that is under way is seen by the next owner, or refused.
 */
export const handOverBots = async (db: Db, leases: readonly BotLease[]): Promise<void> =>
  db.transaction().execute(async (tx) => {
    const freed = await sql<{ tenant_id: string; bot_id: string }>`
      with held as (
        select l.bot_id from bot_lease l
        join unnest(${leases.map(({ botId }) => botId)}::uuid[], ${leases.map(({ epoch }) => epoch)}::bigint[])
          as held (bot_id, epoch) on l.bot_id = held.bot_id and l.epoch = held.epoch
        where l.expires_at > clock_timestamp()
        order by l.bot_id for no key update of l)
      update bot_lease l set holder = null, expires_at = null, waiting_for = null
      from held where l.bot_id = held.bot_id
      returning l.tenant_id, l.bot_id`.execute(tx)
    if (freed.rows.length === 0) return
    const ids = freed.rows.map((row) => row.bot_id)
    await sql`
      with bots as (select id from bot where id = any (${ids}::uuid[]) order by id for no key update),
      counted as (
        update bot set journal_seq = journal_seq + 1 from bots where bot.id = bots.id
        returning bot.tenant_id, bot.id, bot.journal_seq)
      insert into bot_journal (tenant_id, bot_id, seq, run_no, epoch, kind, data)
      select c.tenant_id, c.id, c.journal_seq, l.run_no, l.epoch, 'lease',
        json_build_object('epoch', l.epoch, 'handedOver', true)
      from counted c join bot_lease l on l.bot_id = c.id`.execute(tx)
    await sendIncarnations(tx, freed.rows)
  })
