import type { BotOrigin, BotState } from '@botcriptofy/contracts/bot'
import { sql } from 'kysely'
import { type Db, newId } from '../database/index.ts'
import { insertEvent } from '../event/index.ts'
import type { TenantScope } from '../tenant/index.ts'

export interface BotDefinition {
  readonly name: string
  readonly strategySha256: string
  readonly config: object
  readonly origin: BotOrigin | null
}

export interface NewBot extends BotDefinition {
  readonly mode: 'paper' | 'live'
  readonly venue: string
  readonly symbol: string
  readonly timeframe: string
}

const jsonOf = (value: object | null): string | null => (value === null ? null : JSON.stringify(value))

/** A definition in the state CREATED; it does nothing until it is started. */
export const insertBot = async (
  tx: Db,
  scope: TenantScope,
  bot: NewBot,
): Promise<{ readonly id: string }> => {
  const id = newId()
  const { name, mode, venue, symbol, timeframe } = bot
  await tx
    .insertInto('bot')
    .values({
      tenant_id: scope.tenantId,
      id,
      name,
      mode,
      strategy_sha256: bot.strategySha256,
      venue,
      symbol,
      timeframe,
      config: JSON.stringify(bot.config),
      origin: jsonOf(bot.origin),
    })
    .execute()
  await insertEvent(tx, scope, { type: 'bot.created', subjectId: id, data: { name, mode } })
  return { id }
}

const selectBots = (db: Db, scope: TenantScope) =>
  db
    .selectFrom('bot')
    .innerJoin('strategy_body', (join) =>
      join
        .onRef('strategy_body.tenant_id', '=', 'bot.tenant_id')
        .onRef('strategy_body.sha256', '=', 'bot.strategy_sha256'),
    )
    .where('bot.tenant_id', '=', scope.tenantId)
    .selectAll('bot')
    .select('strategy_body.body as strategy')

export type BotRow = NonNullable<Awaited<ReturnType<typeof findBot>>>

export const findBot = (db: Db, scope: TenantScope, id: string) =>
  selectBots(db, scope).where('bot.id', '=', id).executeTakeFirst()

/** As it is until the caller's transaction ends. */
export const lockBot = (tx: Db, scope: TenantScope, id: string) =>
  selectBots(tx, scope).where('bot.id', '=', id).forUpdate('bot').executeTakeFirst()

/** Newest first; `beforeId` is the last id of the page before. */
export const listBots = (
  db: Db,
  scope: TenantScope,
  page: { readonly limit: number; readonly beforeId?: string | undefined },
) => {
  let query = selectBots(db, scope).orderBy('bot.id', 'desc').limit(page.limit)
  if (page.beforeId !== undefined) query = query.where('bot.id', '<', page.beforeId)
  return query.execute()
}

/** Gives a locked bot another definition, which is its next version. */
export const changeBot = async (
  tx: Db,
  scope: TenantScope,
  { id, ...bot }: BotDefinition & { readonly id: string },
): Promise<void> => {
  const { version } = await tx
    .updateTable('bot')
    .set((eb) => ({
      name: bot.name,
      strategy_sha256: bot.strategySha256,
      config: JSON.stringify(bot.config),
      origin: jsonOf(bot.origin),
      version: eb('version', '+', 1),
      updated_at: sql<Date>`now()`,
    }))
    .where('tenant_id', '=', scope.tenantId)
    .where('id', '=', id)
    .returning('version')
    .executeTakeFirstOrThrow()
  await insertEvent(tx, scope, { type: 'bot.changed', subjectId: id, data: { version } })
}

/** True when a row went; a bot that works, or may hold a position, is not deleted. */
export const deleteBot = async (
  tx: Db,
  scope: TenantScope,
  { id, states }: { readonly id: string; readonly states: readonly BotState[] },
): Promise<boolean> => {
  const row = await tx
    .deleteFrom('bot')
    .where('tenant_id', '=', scope.tenantId)
    .where('id', '=', id)
    .where('state', 'in', states)
    .returning('id')
    .executeTakeFirst()
  if (row !== undefined) await insertEvent(tx, scope, { type: 'bot.deleted', subjectId: id, data: {} })
  return row !== undefined
}
