import type { BotRunState } from '@botcriptofy/engine/bot'
import type { Db } from '../database/index.ts'
import type { TenantScope } from '../tenant/index.ts'
import type { BotLease } from './bot-lease.repository.ts'

/** What an owner begins with: the definition of the run, what it remembers, and the state of the bot. */
export const findOwnedRun = (db: Db, { tenant, botId, runNo }: BotLease) =>
  db
    .selectFrom('bot_run')
    .innerJoin('bot', 'bot.id', 'bot_run.bot_id')
    .innerJoin('bot_lease', 'bot_lease.bot_id', 'bot_run.bot_id')
    .innerJoin('strategy_body', (join) =>
      join
        .onRef('strategy_body.tenant_id', '=', 'bot_run.tenant_id')
        .onRef('strategy_body.sha256', '=', 'bot_run.strategy_sha256'),
    )
    .where('bot_run.tenant_id', '=', tenant.tenantId)
    .where('bot_run.bot_id', '=', botId)
    .where('bot_run.run_no', '=', runNo)
    .select([
      'bot.venue',
      'bot.symbol',
      'bot.timeframe',
      'bot.state',
      'bot_run.config',
      'strategy_body.body as strategy',
    ])
    .select([
      'bot_lease.desired_state as desired',
      'bot_lease.stop_policy as stopPolicy',
      'bot_lease.incarnation',
    ])
    .select('bot_run.state as run')
    .executeTakeFirst()

export type OwnedRunRow = NonNullable<Awaited<ReturnType<typeof findOwnedRun>>>

/** The newest run of a bot with who owns it; undefined before the first start. */
export const findNewestRun = (db: Db, scope: TenantScope, botId: string) =>
  db
    .selectFrom('bot_lease')
    .innerJoin('bot_run', (join) =>
      join.onRef('bot_run.bot_id', '=', 'bot_lease.bot_id').onRef('bot_run.run_no', '=', 'bot_lease.run_no'),
    )
    .where('bot_lease.tenant_id', '=', scope.tenantId)
    .where('bot_lease.bot_id', '=', botId)
    .select([
      'bot_lease.run_no',
      'epoch',
      'holder',
      'expires_at',
      'desired_state',
      'stop_policy',
      'incarnation',
    ])
    .select([
      'crashes',
      'restart_at',
      'waiting_for',
      'bars',
      'first_open_ms',
      'last_open_ms',
      'signals_from_bar',
    ])
    .select(['equity', 'is_flat', 'started_at', 'bot_run.state as run', 'definition_version'])
    .executeTakeFirst()

export type NewestRunRow = NonNullable<Awaited<ReturnType<typeof findNewestRun>>>

/** What a stored run remembers; null before its first bar. */
export const runStateOf = ({ run }: { readonly run: object | null }): BotRunState | null =>
  run as BotRunState | null

/** Numbers of the run's orders that have not ended. */
export const findWorkingIntents = async (db: Db, { botId, runNo }: BotLease): Promise<readonly number[]> => {
  const rows = await db
    .selectFrom('bot_intent')
    .select('seq')
    .where('bot_id', '=', botId)
    .where('run_no', '=', runNo)
    .where('status', 'in', ['intent', 'sent', 'acknowledged', 'partially_filled', 'unknown'])
    .orderBy('seq')
    .execute()
  return rows.map(({ seq }) => seq)
}

interface RunPage {
  readonly botId: string
  readonly limit: number
}

/** Newest first, of all runs; `before` is the last one of the page before. */
export const listIntents = async (
  db: Db,
  scope: TenantScope,
  { botId, limit, before }: RunPage & { readonly before?: readonly [runNo: number, seq: number] | undefined },
) => {
  let query = db
    .selectFrom('bot_intent')
    .selectAll()
    .where('tenant_id', '=', scope.tenantId)
    .where('bot_id', '=', botId)
    .orderBy('run_no', 'desc')
    .orderBy('seq', 'desc')
    .limit(limit)
  if (before !== undefined) {
    const [runNo, seq] = before
    query = query.where((eb) => eb(eb.refTuple('run_no', 'seq'), '<', eb.tuple(runNo, seq)))
  }
  return query.execute()
}

/** Of one run, in the order in which they ended, above `afterN`. */
export const listBotTrades = async (
  db: Db,
  scope: TenantScope,
  { botId, limit, runNo, afterN }: RunPage & { readonly runNo: number; readonly afterN: number },
) =>
  db
    .selectFrom('bot_trade')
    .select(['n', 'trade'])
    .where('tenant_id', '=', scope.tenantId)
    .where('bot_id', '=', botId)
    .where('run_no', '=', runNo)
    .where('n', '>', afterN)
    .orderBy('n')
    .limit(limit)
    .execute()
