import { type Db, newId } from '../database/index.ts'
import { scopeOf, type TenantScope } from './scope.ts'

/** The tenant of that name, made when there is none. For administration: authentication never names a tenant. */
export const ensureTenant = async (db: Db, name: string): Promise<TenantScope> => {
  await db
    .insertInto('tenant')
    .values({ id: newId(), name })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute()
  const row = await db.selectFrom('tenant').select('id').where('name', '=', name).executeTakeFirstOrThrow()
  return scopeOf(row.id)
}

/** For administration; undefined when no tenant has the name. */
export const findTenant = async (db: Db, name: string): Promise<TenantScope | undefined> => {
  const row = await db.selectFrom('tenant').select('id').where('name', '=', name).executeTakeFirst()
  return row === undefined ? undefined : scopeOf(row.id)
}

/** For an operator, who may act for any tenant; undefined when there is none with this id. */
export const scopeOfTenant = async (db: Db, id: string): Promise<TenantScope | undefined> => {
  const row = await db.selectFrom('tenant').select('id').where('id', '=', id).executeTakeFirst()
  return row === undefined ? undefined : scopeOf(row.id)
}

/** The id of the tenant's user of that name, made when there is none. */
export const ensureUser = async (db: Db, scope: TenantScope, name: string): Promise<string> => {
  await db
    .insertInto('app_user')
    .values({ tenant_id: scope.tenantId, id: newId(), name })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'name']).doNothing())
    .execute()
  const row = await db
    .selectFrom('app_user')
    .select('id')
    .where('tenant_id', '=', scope.tenantId)
    .where('name', '=', name)
    .executeTakeFirstOrThrow()
  return row.id
}
