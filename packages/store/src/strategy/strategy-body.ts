import { canonicalJson } from '@botcriptofy/engine/kernel'
import type { Strategy } from '@botcriptofy/engine/strategy'
import { type Db, sha256Hex } from '../database/index.ts'
import type { TenantScope } from '../tenant/index.ts'

/** Keeps the body under the sha256 of its canonical JSON, once per tenant, and returns that hash. */
export const saveStrategyBody = async (tx: Db, scope: TenantScope, strategy: Strategy): Promise<string> => {
  const text = canonicalJson(strategy)
  const sha256 = sha256Hex(text)
  await tx
    .insertInto('strategy_body')
    .values({ tenant_id: scope.tenantId, sha256, body: text })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'sha256']).doNothing())
    .execute()
  return sha256
}
