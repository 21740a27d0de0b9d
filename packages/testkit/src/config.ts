import { fileURLToPath } from 'node:url'

/** Servers that the caller has started for tests; unset, the kit starts its own throw-away ones. */
export const givenServices = (): { readonly databaseUrl?: string; readonly redisUrl?: string } => {
  const databaseUrl = process.env['TEST_DATABASE_URL']
  const redisUrl = process.env['TEST_REDIS_URL']
  return { ...(databaseUrl ? { databaseUrl } : {}), ...(redisUrl ? { redisUrl } : {}) }
}

/** From 1 up: no two test files that run at the same time have the same. */
export const testWorker = (): number => Number(process.env['VITEST_POOL_ID'] ?? 1)

/**
 * What a child needs to run at all, and what keeps it from reaching out of this machine; nothing of the parent's own
 * settings leaks into it.
 */
export const bareEnvironment = (): Record<string, string> => {
  const kept: Record<string, string> = {}
  for (const name of ['PATH', 'HOME', 'LANG', 'TMPDIR', 'NODE_OPTIONS', 'OUTWARD_SOCKETS_FILE']) {
    const value = process.env[name]
    if (value !== undefined) kept[name] = value
  }
  return kept
}

/** The repository's root; sources and dist lie equally deep. */
export const repositoryRoot = fileURLToPath(new URL('../../..', import.meta.url))
