import { join } from 'node:path'
import { migrate } from '@botcriptofy/store/migrate'
import { openDatabase, type OpenDatabase } from '@botcriptofy/store/database'
import { ensureOperator, insertKey, type Operator, revokeKey } from '@botcriptofy/store/key'
import { createLoginCode } from '@botcriptofy/store/login'
import { repositoryRoot } from '../root.ts'

/** What the launcher does in the database itself, as the operator of this installation. */
export interface Installation {
  readonly operator: Operator
  /** A key for this start alone; `close` revokes it. */
  readonly key: string
  readonly loginPath: (next: string) => Promise<string>
  readonly close: () => Promise<void>
}

const KEY_LIFETIME_MS = 30 * 86_400_000

export const openInstallation = async (databaseUrl: string): Promise<Installation> => {
  await migrate(databaseUrl, join(repositoryRoot, 'migrations'))
  const database = openDatabase({ url: databaseUrl, poolSize: 2, name: 'botcriptofy-launcher' })
  try {
    return await openWith(database)
  } catch (error) {
    await database.close()
    throw error
  }
}

const openWith = async ({ db, close }: OpenDatabase): Promise<Installation> => {
  const operator = await ensureOperator(db)
  const { row, apiKey } = await insertKey(db, operator.tenant, {
    userId: operator.userId,
    name: 'launcher',
    scopes: ['operator'],
    expiresAt: new Date(Date.now() + KEY_LIFETIME_MS),
  })
  return {
    operator,
    key: apiKey,
    loginPath: async (next) => {
      const code = await createLoginCode(db, operator.tenant, {
        userId: operator.userId,
        scopes: ['operator'],
      })
      return `/login?code=${code}&next=${encodeURIComponent(next)}`
    },
    close: async () => {
      await revokeKey(db, operator.tenant, row.id).catch(() => undefined)
      await close()
    },
  }
}
