import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { givenServices, repositoryRoot } from '../config.ts'

export interface TestServices {
  readonly databaseUrl: string
  readonly redisUrl: string
}

let started: Promise<TestServices> | undefined

/**
 * A real Postgres and a real Redis: those of TEST_DATABASE_URL and TEST_REDIS_URL, else throw-away ones that end with
 * this process. Called often, started once.
 */
export const testServices = (): Promise<TestServices> => (started ??= findServices())

const findServices = async (): Promise<TestServices> => {
  const given = givenServices()
  if (given.databaseUrl !== undefined && given.redisUrl !== undefined) {
    return { databaseUrl: given.databaseUrl, redisUrl: given.redisUrl }
  }
  return { ...(await startThrowAwayServices()), ...given }
}

const startThrowAwayServices = async (): Promise<TestServices> => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(repositoryRoot, 'scripts/services.mjs'),
    'up',
    '--throwaway',
    '--json',
    '--lease-pid',
    String(process.pid),
  ])
  const answer: Partial<TestServices> = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
  if (typeof answer.databaseUrl !== 'string' || typeof answer.redisUrl !== 'string') {
    throw new Error(`services.mjs up: expected databaseUrl and redisUrl, was ${stdout}`)
  }
  return { databaseUrl: answer.databaseUrl, redisUrl: answer.redisUrl }
}

/** For tests that need Postgres alone: a given one is enough, even when no Redis was given. */
export const testDatabaseUrl = async (): Promise<string> =>
  givenServices().databaseUrl ?? (await testServices()).databaseUrl

/** For tests that need Redis alone. */
export const testRedisUrl = async (): Promise<string> =>
  givenServices().redisUrl ?? (await testServices()).redisUrl
