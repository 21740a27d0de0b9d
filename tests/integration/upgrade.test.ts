import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { migrate, readMigrations } from '@botcriptofy/store/migrate'
import { testDatabase } from '@botcriptofy/testkit/database'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DAILY, FIRST_DAY_MS, startTestApi, type TestApi } from './api.fixture.ts'
import { ODD_TEXT, TRADE, type WrittenRows, writeRows } from './rows.fixture.ts'

const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url))
const migrations = await readMigrations(MIGRATIONS)
const schemas = migrations.map(({ name }, index) => [name, index + 1] as const)

/** A database as an older version left it, brought up to this one. */
const upgraded = async (schema: number) => {
  const database = await testDatabase({ isFresh: true })
  const folder = await mkdtemp(join(tmpdir(), 'botcriptofy-upgrade-'))
  for (const { name } of migrations.slice(0, schema)) {
    await copyFile(join(MIGRATIONS, `${name}.sql`), join(folder, `${name}.sql`))
  }
  await migrate(database.url, folder)
  await rm(folder, { recursive: true })
  const written = await writeRows(database.pool, schema, 'acme')
  await writeRows(database.pool, schema, 'umbrella')
  await migrate(database.url, MIGRATIONS)
  return { database, written }
}

describe.each(schemas)('rows of schema %s', (_, schema) => {
  let api: TestApi
  let written: WrittenRows

  beforeAll(async () => {
    const old = await upgraded(schema)
    written = old.written
    api = await startTestApi({}, old.database)
  })
  afterAll(() => api.close())

  const get = async (path: string) => {
    const authorization = `Bearer ${written.apiKey}`
    const answer = await api.app.inject({ method: 'GET', url: `/v1/${path}`, headers: { authorization } })
    expect(answer.statusCode, answer.body).toBe(200)
    return answer.json()
  }

  it('let the key of that time in and show its runs alone', async () => {
    const [backtests, sweeps] = await Promise.all([get('backtests'), get('sweeps')])
    expect(backtests.items.map(({ id }: { id: string }) => id)).toEqual([written.backtestId])
    expect(sweeps.items.map(({ id }: { id: string }) => id)).toEqual([written.sweepId])
  })

  it('are read as a finished backtest with its trades and equity', async () => {
    const backtest = await get(`backtests/${written.backtestId}`)
    expect(backtest).toMatchObject({ status: 'completed', bars: 91, strategyName: 'sma-cross' })
    expect(backtest.result).toMatchObject({
      finalEquity: 10_003.05,
      recommendations: [{ code: 'LOW_SAMPLE', text: ODD_TEXT }],
    })
    expect((await get(`backtests/${written.backtestId}/trades`)).items).toEqual([TRADE])
    const equity = await get(`backtests/${written.backtestId}/equity`)
    expect(equity.items).toEqual([[FIRST_DAY_MS, 10_003.05]])
  })

  it('are read as a finished sweep with its runs, best first', async () => {
    const sweep = await get(`sweeps/${written.sweepId}`)
    expect(sweep).toMatchObject({ status: 'completed', combinations: 2, computed: 2, failed: 0 })
    expect(sweep.parameters).toEqual({ 'indicators.fast.params.period': [2, 3] })
    const { items } = await get(`sweeps/${written.sweepId}/results`)
    expect(items.map(({ params }: { params: object }) => Object.values(params))).toEqual([[3], [2]])
  })

  it('are read as candles and strategies', async () => {
    const query = new URLSearchParams({ ...DAILY, limit: '2' })
    const candles = await get(`candles?${query}`)
    expect(candles.items).toMatchObject([{ open: 1e8 / 3 }, { open: 1e8 / 3 }])
    const strategies = await get('strategies')
    expect(strategies.items).toMatchObject([{ id: written.strategyId, name: 'sma-cross' }])
  })

  it('leave no job of a finished run to be sent', async () => {
    const open = await api.database.pool.query('select from job_outbox where done_at is null')
    expect(open.rowCount).toBe(0)
  })
})
