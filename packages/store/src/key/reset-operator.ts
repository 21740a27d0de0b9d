import { sql } from 'kysely'
import type { Db } from '../database/index.ts'
import { ensureTenant, ensureUser } from '../tenant/index.ts'
import { BOOTSTRAP_LOCK, DEFAULT_TENANT, OPERATOR_USER } from './ensure-operator.ts'
import { insertKey, type KeyRow } from './key.repository.ts'

export interface ResetOperator {
  /** Keys that worked until now. */
  readonly revoked: number
  readonly row: KeyRow
  readonly apiKey: string
}

/**
 * Ends all that holds the scope operator, of whatever tenant (keys, browser sessions, login codes), and makes one new
 * key for the operator.
 */
export const resetOperator = async (db: Db): Promise<ResetOperator> =>
  db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${BOOTSTRAP_LOCK})`.execute(tx)
    const holdsOperator = sql<boolean>`'operator' = any(scopes)`
    const revoked = await tx
      .updateTable('api_key')
      .set({ revoked_at: sql`now()` })
      .where('revoked_at', 'is', null)
      .where(holdsOperator)
      .returning('id')
      .execute()
    await tx.deleteFrom('browser_session').where(holdsOperator).execute()
    await tx.deleteFrom('login_code').where(holdsOperator).execute()
    const tenant = await ensureTenant(tx, DEFAULT_TENANT)
    const userId = await ensureUser(tx, tenant, OPERATOR_USER)
    const created = await insertKey(tx, tenant, { userId, name: 'reset', scopes: ['operator'] })
    return { revoked: revoked.length, ...created }
  })
