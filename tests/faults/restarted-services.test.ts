import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openDatabase } from '@botcriptofy/store/database'
import { migrate } from '@botcriptofy/store/migrate'
import { type AppProcess, startApp } from '@botcriptofy/testkit/process'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, expect, test } from 'vitest'
import {
  atRest,
  auditSweep,
  complete,
  countRuns,
  minutes,
  submitSweep,
  twoHundred,
} from './rule-tree-sweep.ts'

const root = join(import.meta.dirname, '../..')

/** Services of this file alone: restarting the shared ones would break every other test. */
const services = async (...args: readonly string[]) => {
  const script = join(root, 'scripts/services.mjs')
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...args, '--json'], {
    env: { ...process.env, DATABASE_URL: '', REDIS_URL: '' },
  })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, string>
}

const up = await services('up', '--throwaway', '--lease-pid', String(process.pid))
const { databaseUrl = '', redisUrl = '', dataDir = '' } = up
await migrate(databaseUrl, join(root, 'migrations'))
const database = openDatabase({
  url: databaseUrl,
  poolSize: 4,
  name: 'restart-test',
  onError: () => undefined,
})
const running: AppProcess[] = []

afterAll(async () => {
  await Promise.all(running.map((worker) => worker.kill('SIGKILL')))
  await database.close()
  await services('release', '--lease-pid', String(process.pid), '--data-dir', dataDir)
})

const audit = (sweep: Parameters<typeof auditSweep>[1]) => auditSweep(database, sweep)

test('a sweep completes although Redis and Postgres are restarted in the middle', async () => {
  const sweep = await submitSweep(database, { candles: minutes(200_000, 400), axes: twoHundred })
  const env = { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, BACKTEST_THREADS: '1' }
  running.push(startApp({ app: 'worker', env }))
  const runsAbove = (count: number) => async () => (await countRuns(database, sweep.id)) > count

  await waitFor(runsAbove(0), { describe: 'first results', limitMs: 60_000 })
  await services('restart', 'redis', '--data-dir', dataDir)
  const afterRedis = await countRuns(database, sweep.id)
  expect(afterRedis).toBeLessThan(200)

  await waitFor(runsAbove(afterRedis), { describe: 'results after the restart of Redis', limitMs: 60_000 })
  await services('restart', 'postgres', '--data-dir', dataDir)
  const afterPostgres = await waitFor(() => countRuns(database, sweep.id), { describe: 'Postgres to answer' })
  expect(afterPostgres).toBeLessThan(200)

  await waitFor(async () => (await audit(sweep)).status === 'completed', {
    describe: 'the sweep to complete',
    limitMs: 120_000,
  })
  await atRest(database, sweep, 60_000)
  expect(await audit(sweep)).toEqual(complete(200))
}, 300_000)
