import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { Scope } from '@botcriptofy/contracts/key'
import { type Db, sha256Hex } from '../database/index.ts'
import { type Principal, principalOf } from '../key/index.ts'
import type { TenantScope } from '../tenant/index.ts'

const CODE_BYTES = 24
const TOKEN_BYTES = 32
const CODE_MINUTES = 10
const SESSION_HOURS = 12

/** For how long a browser session lasts, seconds. */
export const SESSION_SECONDS = SESSION_HOURS * 3600

/** A code that opens one browser session within ten minutes; only its hash is stored. */
export const createLoginCode = async (
  db: Db,
  scope: TenantScope,
  login: { readonly userId: string; readonly scopes: readonly Scope[] },
): Promise<string> => {
  const code = randomBytes(CODE_BYTES).toString('base64url')
  await db
    .insertInto('login_code')
    .values({
      code_sha256: sha256Hex(code),
      tenant_id: scope.tenantId,
      user_id: login.userId,
      scopes: [...login.scopes],
      expires_at: sql<Date>`now() + ${CODE_MINUTES} * interval '1 minute'`,
    })
    .execute()
  return code
}

/** Turns a code into a session; undefined when the code is unknown, used or too old. One of two racing calls wins. */
export const redeemLoginCode = async (
  db: Db,
  code: string,
): Promise<{ readonly sessionToken: string } | undefined> =>
  db.transaction().execute(async (tx) => {
    const login = await tx
      .updateTable('login_code')
      .set({ used_at: sql`now()` })
      .where('code_sha256', '=', sha256Hex(code))
      .where('used_at', 'is', null)
      .where('expires_at', '>', sql<Date>`now()`)
      .returning(['tenant_id', 'user_id', 'scopes'])
      .executeTakeFirst()
    if (login === undefined) return undefined
    const sessionToken = randomBytes(TOKEN_BYTES).toString('base64url')
    await tx
      .insertInto('browser_session')
      .values({
        ...login,
        token_sha256: sha256Hex(sessionToken),
        expires_at: sql<Date>`now() + ${SESSION_HOURS} * interval '1 hour'`,
      })
      .execute()
    return { sessionToken }
  })

/** Undefined when the token is unknown or the session is over. */
export const findSession = async (db: Db, token: string): Promise<Principal | undefined> => {
  const row = await db
    .selectFrom('browser_session')
    .select(['tenant_id', 'user_id', 'scopes'])
    .where('token_sha256', '=', sha256Hex(token))
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst()
  return row === undefined ? undefined : principalOf(row, { kind: 'session' })
}

export const deleteSession = async (db: Db, token: string): Promise<void> => {
  await db.deleteFrom('browser_session').where('token_sha256', '=', sha256Hex(token)).execute()
}
