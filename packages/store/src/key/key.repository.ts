import { sql } from 'kysely'
import type { Scope } from '@botcriptofy/contracts/key'
import { type Db, newId } from '../database/index.ts'
import type { TenantScope } from '../tenant/index.ts'
import { createApiKey } from './api-key.ts'

export interface NewKey {
  readonly userId: string
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly expiresAt?: Date | undefined
}

const selectKeys = (db: Db, scope: TenantScope) =>
  db
    .selectFrom('api_key')
    .innerJoin('app_user', (join) =>
      join.onRef('app_user.tenant_id', '=', 'api_key.tenant_id').onRef('app_user.id', '=', 'api_key.user_id'),
    )
    .where('api_key.tenant_id', '=', scope.tenantId)
    .select([
      'api_key.id',
      'api_key.name',
      'api_key.prefix',
      'api_key.scopes',
      'api_key.expires_at',
      'api_key.last_used_at',
      'api_key.revoked_at',
      'api_key.created_at',
      'app_user.name as user_name',
    ])

export type KeyRow = Awaited<ReturnType<typeof listKeys>>[number]

/** The text of the key is in the answer and nowhere else: the table keeps its hash. */
export const insertKey = async (
  tx: Db,
  scope: TenantScope,
  key: NewKey,
): Promise<{ readonly row: KeyRow; readonly apiKey: string }> => {
  const { text, prefix, secretSha256 } = createApiKey()
  const id = newId()
  await tx
    .insertInto('api_key')
    .values({
      tenant_id: scope.tenantId,
      id,
      user_id: key.userId,
      name: key.name,
      prefix,
      secret_sha256: secretSha256,
      scopes: [...key.scopes],
      expires_at: key.expiresAt ?? null,
    })
    .execute()
  const row = await selectKeys(tx, scope).where('api_key.id', '=', id).executeTakeFirstOrThrow()
  return { row, apiKey: text }
}

/** Newest first; `beforeId` is the last id of the page before. */
export const listKeys = (
  db: Db,
  scope: TenantScope,
  page: { readonly limit: number; readonly beforeId?: string | undefined },
) => {
  let query = selectKeys(db, scope).orderBy('api_key.id', 'desc').limit(page.limit)
  if (page.beforeId !== undefined) query = query.where('api_key.id', '<', page.beforeId)
  return query.execute()
}

/** False when the tenant has no such key; revoking twice changes nothing. */
export const revokeKey = async (db: Db, scope: TenantScope, id: string): Promise<boolean> => {
  const row = await db
    .updateTable('api_key')
    .set({ revoked_at: sql`coalesce(revoked_at, now())` })
    .where('tenant_id', '=', scope.tenantId)
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}
