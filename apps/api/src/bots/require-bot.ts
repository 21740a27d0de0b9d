import { type BotRow, findBot } from '@botcriptofy/store/bot'
import type { Db } from '@botcriptofy/store/database'
import type { TenantScope } from '@botcriptofy/store/tenant'
import { notFound } from '../problem.ts'

export const requireBot = async (db: Db, tenant: TenantScope, id: string): Promise<BotRow> => {
  const bot = await findBot(db, tenant, id)
  if (bot === undefined) throw notFound('bot')
  return bot
}
