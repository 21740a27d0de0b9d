import { sql } from 'kysely'
import type { Db } from '../database/index.ts'
import { isSameDigest, parseApiKey } from './api-key.ts'
import { type Principal, principalOf } from './principal.ts'

export type KeyProof =
  | { readonly kind: 'proven'; readonly principal: Principal }
  | { readonly kind: 'refused'; readonly reason: 'unknown' | 'expired' | 'revoked' }

/**
 * Proves an API key. Expired and revoked are told apart from unknown only to somebody who holds the secret. The time
 * of last use is written at most once a minute, so that authentication is a read nearly always.
 */
export const authenticateKey = async (db: Db, text: string): Promise<KeyProof> => {
  const given = parseApiKey(text)
  if (given === undefined) return { kind: 'refused', reason: 'unknown' }
  const row = await db
    .selectFrom('api_key')
    .select(['tenant_id', 'id', 'user_id', 'scopes', 'secret_sha256', 'revoked_at'])
    .select([
      sql<boolean>`coalesce(expires_at <= now(), false)`.as('is_expired'),
      sql<boolean>`coalesce(last_used_at < now() - interval '1 minute', true)`.as('is_use_unnoted'),
    ])
    .where('prefix', '=', given.prefix)
    .executeTakeFirst()
  if (row === undefined || !isSameDigest(row.secret_sha256, given.secretSha256)) {
    return { kind: 'refused', reason: 'unknown' }
  }
  if (row.revoked_at !== null) return { kind: 'refused', reason: 'revoked' }
  if (row.is_expired) return { kind: 'refused', reason: 'expired' }
  if (row.is_use_unnoted) await noteUse(db, row)
  return { kind: 'proven', principal: principalOf(row, { kind: 'key', keyId: row.id }) }
}

const noteUse = async (db: Db, key: { readonly tenant_id: string; readonly id: string }): Promise<void> => {
  await db
    .updateTable('api_key')
    .set({ last_used_at: sql`now()` })
    .where('tenant_id', '=', key.tenant_id)
    .where('id', '=', key.id)
    .where(sql<boolean>`coalesce(last_used_at < now() - interval '1 minute', true)`)
    .execute()
}
