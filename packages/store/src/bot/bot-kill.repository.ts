import { BOT_STATES } from '@botcriptofy/contracts/bot'
import { transition } from '@botcriptofy/engine/bot'
import type { Db } from '../database/index.ts'
import { scopeOf, type TenantScope } from '../tenant/index.ts'
import { commandBot } from './bot-command.repository.ts'

const KILLABLE = BOT_STATES.filter((state) => transition(state, 'kill').ok)

/** Halts every bot of a tenant, or of all, that may enter or is about to. Returns their ids. */
export const killBots = async (
  tx: Db,
  whose: TenantScope | 'all-tenants',
  reason: string,
): Promise<readonly string[]> => {
  let query = tx.selectFrom('bot').select(['tenant_id', 'id']).where('state', 'in', KILLABLE).orderBy('id')
  if (whose !== 'all-tenants') query = query.where('tenant_id', '=', whose.tenantId)
  const halted: string[] = []
  for (const { tenant_id: tenantId, id } of await query.execute()) {
    const command = { kind: 'halt', reason } as const
    const outcome = await commandBot(tx, scopeOf(tenantId), { botId: id, command })
    if (outcome?.ok === true) halted.push(id)
  }
  return halted
}
