import { sql } from 'kysely'
import type { Db } from '../database/index.ts'
import type { TenantScope } from '../tenant/index.ts'

/** What a POST answered, as it went over the wire. */
export interface StoredAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export type OnceOutcome =
  | { readonly kind: 'done'; readonly answer: StoredAnswer }
  /** The key was used for the same request; this is what was answered then. */
  | { readonly kind: 'replayed'; readonly answer: StoredAnswer }
  | { readonly kind: 'in_flight' }
  | { readonly kind: 'mismatch' }

export interface OnceRequest {
  readonly key: string
  /** Digest of all that makes the request what it is. */
  readonly sha256: string
  readonly work: () => Promise<StoredAnswer>
}

const KEPT_HOURS = 24

/**
 * Runs the work once per tenant and key, inside the caller's transaction. The answer is stored with the effect, so a
 * crash leaves both or neither; work that throws stores nothing, and the same key may then be used again.
 */
export const runOnce = async (tx: Db, scope: TenantScope, request: OnceRequest): Promise<OnceOutcome> => {
  if (!(await lockKey(tx, scope, request.key))) return { kind: 'in_flight' }
  const known = await findAnswer(tx, scope, request.key)
  if (known !== undefined) {
    if (known.request_sha256 !== request.sha256) return { kind: 'mismatch' }
    return {
      kind: 'replayed',
      answer: { status: known.status, headers: known.headers, body: known.body },
    }
  }
  const answer = await request.work()
  await insertAnswer(tx, scope, { key: request.key, requestSha256: request.sha256, answer })
  return { kind: 'done', answer }
}

/** Held to the end of the transaction; false when another request with the key holds it. */
const lockKey = async (tx: Db, scope: TenantScope, key: string): Promise<boolean> => {
  const lock = await sql<{ got: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended(${`idempotency/${scope.tenantId}/${key}`}, 0)) as got`.execute(
    tx,
  )
  return lock.rows[0]?.got === true
}

const findAnswer = (tx: Db, scope: TenantScope, key: string) =>
  tx
    .selectFrom('idempotency_key')
    .select(['request_sha256', 'status', 'headers', 'body'])
    .where('tenant_id', '=', scope.tenantId)
    .where('key', '=', key)
    .where('created_at', '>', sql<Date>`now() - ${KEPT_HOURS} * interval '1 hour'`)
    .executeTakeFirst()

const insertAnswer = async (
  tx: Db,
  scope: TenantScope,
  row: { readonly key: string; readonly requestSha256: string; readonly answer: StoredAnswer },
): Promise<void> => {
  // A row that is too old to be answered from may still wait for the pruner; it makes room.
  await tx
    .deleteFrom('idempotency_key')
    .where('tenant_id', '=', scope.tenantId)
    .where('key', '=', row.key)
    .execute()
  await tx
    .insertInto('idempotency_key')
    .values({
      tenant_id: scope.tenantId,
      key: row.key,
      request_sha256: row.requestSha256,
      status: row.answer.status,
      headers: JSON.stringify(row.answer.headers),
      body: row.answer.body,
    })
    .execute()
}
