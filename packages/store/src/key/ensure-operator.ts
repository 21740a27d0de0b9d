import { sql } from 'kysely'
import type { Db } from '../database/index.ts'
import { ensureTenant, ensureUser, type TenantScope } from '../tenant/index.ts'
import { insertKey } from './key.repository.ts'

export const DEFAULT_TENANT = 'default'
export const OPERATOR_USER = 'operator'

/** Any fixed number that nothing else in the database locks. */
export const BOOTSTRAP_LOCK = 7_202_611_220_003

export interface Operator {
  readonly tenant: TenantScope
  readonly userId: string
  /** The key in plain text when this call made it, to be shown once; undefined when a usable one existed. */
  readonly apiKey: string | undefined
}

/** Tenant `default`, user `operator` and one key of scope operator, each made when missing; safe to race. */
export const ensureOperator = async (db: Db): Promise<Operator> =>
  db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${BOOTSTRAP_LOCK})`.execute(tx)
    const tenant = await ensureTenant(tx, DEFAULT_TENANT)
    const userId = await ensureUser(tx, tenant, OPERATOR_USER)
    const existing = await tx
      .selectFrom('api_key')
      .select('id')
      .where('tenant_id', '=', tenant.tenantId)
      .where('revoked_at', 'is', null)
      .where(sql<boolean>`'operator' = any(scopes) and coalesce(expires_at > now(), true)`)
      .executeTakeFirst()
    if (existing !== undefined) return { tenant, userId, apiKey: undefined }
    const { apiKey } = await insertKey(tx, tenant, { userId, name: 'first start', scopes: ['operator'] })
    return { tenant, userId, apiKey }
  })
