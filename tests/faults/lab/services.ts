import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openDatabase, type OpenDatabase } from '@botcriptofy/store/database'
import { migrate } from '@botcriptofy/store/migrate'
import { waitFor } from '@botcriptofy/testkit/wait'
import { z } from 'zod'
import { isAlive } from '../../../scripts/services/processes.mjs'

const root = join(import.meta.dirname, '../../..')

export interface PrivateServices {
  readonly databaseUrl: string
  readonly redisUrl: string
  /** A direct connection of the lab's own, which no fault is between. */
  readonly database: OpenDatabase
  readonly restart: (service: 'redis' | 'postgres') => Promise<void>
  /** Ends a server as a crash does; `restart` brings it back with its data. */
  readonly crash: (service: 'redis' | 'postgres') => Promise<void>
  readonly close: () => Promise<void>
}

const upAnswer = z.object({
  databaseUrl: z.string(),
  redisUrl: z.string(),
  dataDir: z.string(),
  pids: z.object({ postgres: z.int(), redis: z.int() }),
})
const restartAnswer = z.object({ pid: z.int() })

const runServices = async (...args: readonly string[]): Promise<unknown> => {
  const script = join(root, 'scripts/services.mjs')
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...args, '--json'], {
    env: { ...process.env, DATABASE_URL: '', REDIS_URL: '' },
  })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
}

/** A migrated Postgres and a Redis that nobody else uses; they end with this process, however it ends. */
export const startServices = async (): Promise<PrivateServices> => {
  const lease = ['--lease-pid', String(process.pid)]
  const up = upAnswer.parse(await runServices('up', '--throwaway', ...lease))
  const pids = { ...up.pids }
  await migrate(up.databaseUrl, join(root, 'migrations'))
  const database = openDatabase({
    url: up.databaseUrl,
    poolSize: 6,
    name: 'fault-lab',
    onError: () => undefined,
  })
  // Throw-away servers acknowledge commits before they are written, which a crash would lose. This one may not.
  await database.pool.query(
    `do $$ begin execute format('alter database %I set synchronous_commit = on', current_database()); end $$`,
  )
  return {
    databaseUrl: up.databaseUrl,
    redisUrl: up.redisUrl,
    database,
    restart: async (service) => {
      const answer = await runServices('restart', service, '--data-dir', up.dataDir)
      pids[service] = restartAnswer.parse(answer).pid
    },
    crash: async (service) => {
      // Postgres: immediate shutdown, which recovers from its log as after a crash but leaves no shared memory behind.
      process.kill(pids[service], service === 'redis' ? 'SIGKILL' : 'SIGQUIT')
      await waitFor(() => !isAlive(pids[service]), { describe: `${service} to be gone`, limitMs: 20_000 })
    },
    close: async () => {
      await database.close()
      await runServices('release', ...lease, '--data-dir', up.dataDir)
    },
  }
}

/** Waits for the lab's own connections to work again after a restart. */
export const untilPostgresAnswers = ({ database }: PrivateServices): Promise<unknown> =>
  waitFor(async () => (await database.pool.query('select 1')).rowCount === 1, {
    describe: 'Postgres to answer',
    limitMs: 60_000,
    everyMs: 100,
  })
