import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { insertKey } from '@botcriptofy/store/key'
import { ensureTenant, ensureUser } from '@botcriptofy/store/tenant'
import { testDatabase, type TestDatabase } from '@botcriptofy/testkit/database'
import { type AppProcess, startApp } from '@botcriptofy/testkit/process'
import { type RedisNamespace, redisNamespace } from '@botcriptofy/testkit/redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readGuide } from '../offline/guide.ts'

const SAMPLE = join(import.meta.dirname, '../../apps/cli/sample/coinbase-BTC-USD-1d.csv')
const guide = readGuide('custom-indicators.md')
let database: TestDatabase
let namespace: RedisNamespace
let folder: string
let apiKey: string
let api: AppProcess
let worker: AppProcess
let url: string

const modules = () => ({ INDICATOR_MODULES: join(folder, 'hull.mjs') })

const start = (app: string, env: Readonly<Record<string, string>>): AppProcess => {
  const urls = { DATABASE_URL: database.url, REDIS_URL: namespace.url, QUEUE_NAMESPACE: namespace.prefix }
  return startApp({ app, env: { ...urls, ...modules(), ...env } })
}

const startApi = async (): Promise<void> => {
  api = start('api', { API_PORT: '0' })
  const [, found = ''] = await api.waitForOutput(/"url":"(http:[^"]+)"/, { limitMs: 60_000 })
  url = found
}

const startWorker = async (): Promise<void> => {
  worker = start('worker', { WORKER_ROLES: 'backtest,control', BACKTEST_THREADS: '1' })
  await worker.waitForOutput(/worker ready/, { limitMs: 60_000 })
}

const operatorKey = async (): Promise<string> => {
  const tenant = await ensureTenant(database.db, 'acme')
  const userId = await ensureUser(database.db, tenant, 'jo')
  const scopes = ['backtests:read', 'backtests:write', 'candles:read', 'candles:write'] as const
  return (await insertKey(database.db, tenant, { userId, name: 'laptop', scopes })).apiKey
}

beforeAll(async () => {
  ;[database, namespace, folder] = await Promise.all([
    testDatabase(),
    redisNamespace(),
    mkdtemp(join(tmpdir(), 'botcriptofy-custom-')),
  ])
  apiKey = await operatorKey()
  await copyFile(SAMPLE, join(folder, 'candles.csv'))
  for (const [name, content] of guide.files) await writeFile(join(folder, name), content)
  await Promise.all([startApi(), startWorker()])
}, 120_000)

afterAll(async () => {
  await Promise.all([api.kill('SIGTERM'), worker.kill('SIGTERM')])
  await Promise.all([namespace.close(), database.close(), rm(folder, { recursive: true })])
})

const cli = async (args: readonly string[]) => {
  const env = { BOTCRIPTOFY_URL: url, BOTCRIPTOFY_KEY: apiKey, ...modules() }
  const app = startApp({ app: 'cli', args, env, cwd: folder })
  const { code } = await app.exited
  return { code, ...app.output() }
}

/** Runs the guide's command of this name, with --json. */
const run = (name: string) => {
  const command = guide.commands.find((line) => line.startsWith(`npx botcriptofy ${name}`))
  if (command === undefined) throw new Error(`expected the command ${name} in the guide, was none`)
  return cli([...command.split(' ').slice(2), '--json'])
}

/** What the guide's command of this name prints; it has to succeed. */
const json = async (name: string) => {
  const { code, stdout, stderr } = await run(name)
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout)
}

// Each step starts processes from their sources, which a busy machine takes its time for.
describe('a custom indicator', { timeout: 180_000 }, () => {
  it('gives in the worker what it gives at the command line', async () => {
    const imported = await json('candles import')
    expect(imported).toMatchObject({ inserted: 299, gaps: 0 })
    const local = await json('backtest --candles')
    const done = await json('backtests submit')
    expect(done).toMatchObject({ status: 'completed', cached: false })
    expect(done.metrics).toEqual(local.metrics)
    expect(local.trades.length).toBeGreaterThan(10)
  })

  it('can be swept', async () => {
    const done = await json('sweeps submit')
    expect(done).toMatchObject({ status: 'completed', combinations: 7, failed: 0 })
  })

  it('is found computed as long as its module stays as it is', async () => {
    expect(await json('backtests submit')).toMatchObject({ status: 'completed', cached: true })
  })

  it('is refused by a worker with another module, and never mixed up', async () => {
    const path = join(folder, 'hull.mjs')
    await worker.kill('SIGTERM')
    await writeFile(path, (await readFile(path, 'utf8')).replace('2 * weightedMean(', '3 * weightedMean('))
    await startWorker()
    const { code, stderr } = await run('backtests submit')
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /INDICATOR_MISMATCH: expected the indicator hull of a module with sha256 [0-9a-f]{64}, this worker has [0-9a-f]{64}; INDICATOR_MODULES/,
    )
  })

  it('is computed anew once both have the changed module', async () => {
    await api.kill('SIGTERM')
    await startApi()
    const local = await json('backtest --candles')
    const done = await json('backtests submit')
    expect(done).toMatchObject({ status: 'completed', cached: false })
    expect(done.metrics).toEqual(local.metrics)
  })
})
