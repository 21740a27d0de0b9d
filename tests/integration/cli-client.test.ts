import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { insertKey } from '@botcriptofy/store/key'
import { ensureTenant, ensureUser } from '@botcriptofy/store/tenant'
import { testDatabase, type TestDatabase } from '@botcriptofy/testkit/database'
import { type AppProcess, startApp } from '@botcriptofy/testkit/process'
import { type RedisNamespace, redisNamespace } from '@botcriptofy/testkit/redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DAILY, dailyCsv, SMA_CROSS } from './api.fixture.ts'

let database: TestDatabase
let namespace: RedisNamespace
let folder: string
let environment: Record<string, string>
const running: AppProcess[] = []

const start = (app: string, env: Readonly<Record<string, string>>): AppProcess => {
  const urls = { DATABASE_URL: database.url, REDIS_URL: namespace.url }
  const shared = { ...urls, QUEUE_NAMESPACE: namespace.prefix }
  const started = startApp({ app, env: { ...shared, ...env } })
  running.push(started)
  return started
}

const tenantKey = async (name: string): Promise<string> => {
  const tenant = await ensureTenant(database.db, name)
  const userId = await ensureUser(database.db, tenant, 'jo')
  const scopes = ['backtests:read', 'backtests:write', 'candles:read', 'candles:write'] as const
  return (await insertKey(database.db, tenant, { userId, name: 'laptop', scopes })).apiKey
}

beforeAll(async () => {
  ;[database, namespace, folder] = await Promise.all([
    testDatabase(),
    redisNamespace(),
    mkdtemp(join(tmpdir(), 'botcriptofy-client-')),
  ])
  const api = start('api', { API_PORT: '0' })
  const worker = start('worker', { WORKER_ROLES: 'backtest,control', BACKTEST_THREADS: '1' })
  const [, url] = await api.waitForOutput(/"url":"(http:[^"]+)"/, { limitMs: 60_000 })
  await worker.waitForOutput(/worker ready/, { limitMs: 60_000 })
  environment = { BOTCRIPTOFY_URL: url ?? '', BOTCRIPTOFY_KEY: await tenantKey('acme') }
  await Promise.all([
    writeFile(inFolder('candles.csv'), dailyCsv(60)),
    writeFile(inFolder('strategy.json'), JSON.stringify(SMA_CROSS)),
    writeFile(inFolder('impossible.json'), JSON.stringify({ ...SMA_CROSS, direction: 'sideways' })),
  ])
}, 120_000)

afterAll(async () => {
  await Promise.all(running.map((app) => app.kill('SIGTERM')))
  await Promise.all([namespace.close(), database.close(), rm(folder, { recursive: true })])
})

const inFolder = (name: string) => join(folder, name)

const cli = async (args: readonly string[], env: Readonly<Record<string, string>> = environment) => {
  const app = startApp({ app: 'cli', args, env })
  const { code } = await app.exited
  return { code, ...app.output() }
}

/** What a command printed as one line of JSON; it has to have succeeded. */
const json = async (...args: readonly string[]) => {
  const { code, stdout, stderr } = await cli([...args, '--json'])
  expect(code, stderr).toBe(0)
  expect(stdout).toMatch(/^\{.*\}\n$/)
  return JSON.parse(stdout)
}

const candles = Object.entries(DAILY).flatMap(([name, value]) => [`--${name}`, value])
const submission = () => ['--strategy', inFolder('strategy.json'), ...candles]
const grid = [
  '--param',
  'indicators.fast.params.period=2:4:1',
  '--param',
  'indicators.slow.params.period=6,8',
]

// Each step starts a process from its sources, which a busy machine takes its time for.
describe('the client commands', { timeout: 120_000 }, () => {
  it('imports a candle file, and knows it the second time', async () => {
    const first = await json('candles', 'import', '--candles', inFolder('candles.csv'), ...candles)
    expect(first).toMatchObject({ inserted: 60, duplicates: 0, gaps: 0, digest: expect.any(String) })
    const { code, stdout } = await cli([
      'candles',
      'import',
      '--candles',
      inFolder('candles.csv'),
      ...candles,
    ])
    expect(code).toBe(0)
    expect(stdout).toContain(
      `0 bars new, 0 replaced, 60 known; 0 gaps with 0 missing bars; digest ${first.digest}`,
    )
  })

  it('runs a backtest to its end, lists it, shows it and knows its result the next time', async () => {
    const done = await json('backtests', 'submit', ...submission(), '--wait')
    expect(done).toMatchObject({ status: 'completed', progress: { done: 1, total: 1 }, cached: false })
    expect(done.metrics.trades).toBeGreaterThan(0)

    const list = await json('backtests', 'list')
    expect(list.items.map(({ id }: { id: string }) => id)).toEqual([done.id])
    const table = await cli(['backtests', 'list'])
    expect(table.stdout).toContain(done.id)
    expect(table.stdout).toContain('testex BTC/USD 1d')

    expect(await json('backtests', 'show', done.id)).toEqual(done)
    const shown = await cli(['backtests', 'show', done.id])
    expect(shown.stdout, shown.stderr).toContain('sma-cross on testex BTC/USD 1d: completed')

    const checks = await cli(['backtests', 'checks', done.id])
    expect(checks.stdout, checks.stderr).toMatch(
      /^Candles: 60 bars [^]*nothing changed in \d+ truncated runs/,
    )

    const queued = await json('backtests', 'submit', ...submission())
    expect(queued).toEqual({ id: expect.any(String), status: 'queued' })
    const watched = await json('backtests', 'watch', queued.id)
    expect(watched).toMatchObject({ id: queued.id, status: 'completed', cached: true, metrics: done.metrics })
  })

  it('runs a sweep to its end and sorts its results either way', async () => {
    const done = await json('sweeps', 'submit', ...submission(), ...grid, '--wait')
    expect(done).toMatchObject({ status: 'completed', combinations: 6, failed: 0, objective: 'sharpe' })
    expect(await json('sweeps', 'show', done.id)).toEqual(done)
    const [listed] = (await json('sweeps', 'list', '--limit', '1')).items
    expect(listed).toMatchObject({ id: done.id, combinations: 6, progress: { fraction: 1 } })
    const shown = await cli(['sweeps', 'show', done.id])
    expect(shown.stdout, shown.stderr).toContain('completed, 6/6 done, 6 computed')

    const { params, checks } = await json('sweeps', 'checks', done.id)
    expect(params).toEqual({ 'indicators.fast.params.period': 2, 'indicators.slow.params.period': 6 })
    expect(checks).toMatchObject({ lookahead: { bars: 60, differences: [] } })
    const checked = await cli(['sweeps', 'checks', done.id])
    expect(checked.stdout, checked.stderr).toMatch(/^Checked with \{.*\}\nCandles: 60 bars [^]*Look-ahead\n/)

    const returns = async (sort: string) => {
      const page = await json('sweeps', 'results', done.id, `--sort=${sort}`)
      return page.items.map(({ metrics }: { metrics: { totalReturn: number } }) => metrics.totalReturn)
    }
    const best = await returns('totalReturn')
    expect(best).toHaveLength(6)
    expect(best).toEqual(best.toSorted((a: number, b: number) => b - a))
    expect(await returns('-totalReturn')).toEqual(best.toReversed())
    const table = await cli(['sweeps', 'results', done.id, '--limit', '2'])
    expect(table.stdout.match(/fast \d, slow \d/g)).toHaveLength(2)
  })

  it('appends to a sweep that has ended, and computes what is new alone', async () => {
    const done = await json('sweeps', 'submit', ...submission(), ...grid, '--priority', '1', '--wait')
    const extended = await cli(['sweeps', 'extend', done.id, '--param', 'indicators.fast.params.period=4,5'])
    expect(extended.stdout, extended.stderr).toBe(
      `${done.id} queued, 2 runs; botcriptofy sweeps watch ${done.id}\n`,
    )
    const watched = await json('sweeps', 'watch', done.id)
    expect(watched).toMatchObject({ status: 'completed', combinations: 8, computed: 2, failed: 0 })
    expect(watched.extensions).toMatchObject([{ firstOrdinal: 6 }])
    const rerun = await cli(['sweeps', 'rerun', done.id])
    expect([rerun.code, rerun.stdout]).toEqual([1, ''])
    expect(rerun.stderr).toMatch(/^ILLEGAL_TRANSITION: expected a sweep with failed runs, was one without/)
  })

  it('pauses, resumes and no longer watches a sweep, and cancels a backtest that waits', async () => {
    const worker = running.at(-1)
    await worker?.kill('SIGTERM')
    const sweep = await json('sweeps', 'submit', ...submission(), ...grid)
    const paused = await cli(['sweeps', 'pause', sweep.id])
    expect([paused.code, paused.stdout]).toEqual([0, `${sweep.id} paused\n`])
    expect(await json('sweeps', 'resume', sweep.id)).toEqual({ id: sweep.id, status: 'queued' })

    const watching = startApp({
      app: 'cli',
      args: ['sweeps', 'watch', sweep.id],
      env: environment,
    })
    await watching.waitForOutput(/sweeps 0\/6/, { limitMs: 30_000 })
    expect(await watching.kill('SIGINT')).toEqual({ code: 1, signal: null })
    expect(watching.output().stderr).toMatch(
      new RegExp(`\ninterrupted: ${sweep.id} goes on without being watched; the command cancel stops it\n$`),
    )

    const strategy = inFolder('waiting.json')
    await writeFile(strategy, JSON.stringify({ ...SMA_CROSS, stopLoss: { fraction: 0.031 } }))
    const { id } = await json('backtests', 'submit', '--strategy', strategy, ...candles)
    const cancelled = await cli(['backtests', 'cancel', id])
    expect([cancelled.code, cancelled.stdout]).toEqual([0, `${id} cancelled\n`])
    const watched = await cli(['backtests', 'watch', id])
    expect([watched.code, watched.stdout, watched.stderr]).toEqual([1, '', `${id} cancelled\n`])
    const again = await cli(['backtests', 'cancel', id])
    expect(again.code).toBe(0)
  })
})

const NOWHERE = 'http://127.0.0.1:9'
const UNKNOWN_ID = '01900000-0000-7000-8000-000000000000'

describe('failures of the client commands', { timeout: 120_000 }, () => {
  it.each([
    [
      'a strategy that cannot run',
      ['--strategy', 'impossible.json'],
      /^INVALID_STRATEGY: strategy\.direction: expected .+\n$/,
    ],
    ['candles nobody imported', ['--symbol', 'ETH/USD'], /^NO_CANDLES: .+testex ETH\/USD 1d.+\n$/],
    [
      'a file that is not there',
      ['--strategy', 'none.json'],
      /^--strategy: expected a readable file, was .+\n$/,
    ],
    ['a time that is none', ['--from', 'yesterday'], /^--from: expected .+, was yesterday\n$/],
  ])('end with status 2 and one line for %s', async (_what, [option, value], line) => {
    const flags = { strategy: 'strategy.json', ...DAILY, [(option ?? '').slice(2)]: value ?? '' }
    const args = Object.entries(flags).flatMap(([name, text]) => [
      `--${name}`,
      name === 'strategy' ? inFolder(text) : text,
    ])
    const { code, stdout, stderr } = await cli(['backtests', 'submit', ...args])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(line)
  })

  it.each([
    ['sweeps', 'submit', '--param', 'indicators.fast.params.period=a', /^--param: expected path=/],
    [
      'sweeps',
      'submit',
      '--param',
      'indicators.quick.params.period=1,2',
      /^INVALID_PARAMETERS: .*indicators\.quick/,
    ],
    ['sweeps', 'submit', '--objective', 'luck', /^INVALID_REQUEST: objective: expected /],
  ])('%s %s end with status 2 for %s %s', async (group, verb, option, value, line) => {
    const defaults = option === '--param' ? [] : grid
    const { code, stderr } = await cli([group, verb, ...submission(), ...defaults, option, value])
    expect(code).toBe(2)
    expect(stderr).toMatch(line)
  })

  it.each([
    ['backtests', 'show'],
    ['backtests', 'watch'],
    ['backtests', 'cancel'],
    ['sweeps', 'results'],
    ['sweeps', 'checks'],
  ])('%s %s says with status 2 that there is no such run', async (...command) => {
    const { code, stdout, stderr } = await cli([...command, UNKNOWN_ID])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^NOT_FOUND: .+\n$/)
  })

  it('say what a list may be asked for', async () => {
    const { code, stderr } = await cli(['backtests', 'list', '--limit', 'many'])
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^INVALID_REQUEST: query\.limit: expected .+\n$/),
    ])
  })

  it('end with status 2 when there is no key, or a wrong one, and with 1 when there is no API', async () => {
    const { BOTCRIPTOFY_URL } = environment as { readonly BOTCRIPTOFY_URL: string }
    const missing = await cli(['backtests', 'list'], { BOTCRIPTOFY_URL })
    expect([missing.code, missing.stderr]).toEqual([
      2,
      expect.stringContaining('BOTCRIPTOFY_KEY: expected an API key'),
    ])
    const wrong = await cli(['backtests', 'list'], { BOTCRIPTOFY_URL, BOTCRIPTOFY_KEY: 'bcf_0_0' })
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(/^UNAUTHENTICATED: .+\n$/)])
    const away = await cli(['backtests', 'list'], { ...environment, BOTCRIPTOFY_URL: NOWHERE })
    expect([away.code, away.stderr]).toEqual([
      1,
      expect.stringMatching(/^The API at .+ cannot be reached.+\n$/),
    ])
  })

  it('another tenant sees none of it', async () => {
    const foreign = { ...environment, BOTCRIPTOFY_KEY: await tenantKey('globex') }
    const { id } = (await json('backtests', 'list')).items[0]
    expect((await cli(['backtests', 'list'], foreign)).stdout).toBe('none yet\n')
    expect((await cli(['backtests', 'show', id], foreign)).stderr).toMatch(/^NOT_FOUND: /)
  })
})
