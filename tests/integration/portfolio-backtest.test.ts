import { readFileSync } from 'node:fs'
import { backtestConfigSchema, backtestView } from '@botcriptofy/contracts/backtest'
import { portfolioChecksView, runChecksView } from '@botcriptofy/contracts/checks'
import { checkStrategy } from '@botcriptofy/contracts/strategy'
import {
  DEFAULT_BACKTEST_CONFIG,
  type PortfolioMember,
  runBacktest,
  runPortfolio,
  toBacktestReport,
  toPortfolioReport,
} from '@botcriptofy/engine/backtest'
import { type Candles, generateCandles, resampleCandles, sliceCandles } from '@botcriptofy/engine/market'
import { compileStrategy, createSeriesColumns, type Program } from '@botcriptofy/engine/strategy'
import { createLog } from '@botcriptofy/runtime/log'
import { createMetrics } from '@botcriptofy/runtime/metrics'
import { combineDatasets, digestCandles, importCandles } from '@botcriptofy/store/candles'
import { sha256Hex } from '@botcriptofy/store/hash'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startControl } from '../../apps/worker/src/control/control.ts'
import { startPools } from '../../apps/worker/src/pools.ts'
import { SMA_CROSS, startTestApi } from './api.fixture.ts'

const api = await startTestApi()
const { database, namespace } = api
const log = createLog({ name: 'test', level: 'silent' })
const shared = { database, redisUrl: namespace.url, registry: createMetrics('test'), log }
const control = startControl({ ...shared, namespace: namespace.prefix })
const pools = startPools({
  ...shared,
  config: {
    DATABASE_URL: database.url,
    REDIS_URL: namespace.url,
    LOG_LEVEL: 'silent',
    WORKER_ROLES: ['backtest'],
    BACKTEST_THREADS: 1,
    INDICATOR_MODULES: [],
    CANDLE_CACHE_BYTES: 1e9,
    QUEUE_NAMESPACE: namespace.prefix,
  },
})
const caller = await api.caller('alpha')

const HOUR_MS = 3_600_000
const START_MS = Date.UTC(2024, 0, 1)
const QUARTERS = 12_000

const quarters = generateCandles({
  seed: 4,
  bars: QUARTERS,
  startMs: START_MS,
  timeframeMs: HOUR_MS / 4,
  startPrice: 100,
})
const resampled = resampleCandles(quarters, { toMs: HOUR_MS })
if (!resampled.ok) throw new Error('expected quarters of an hour that make hours')
const btc = resampled.value
const eth = generateCandles({
  seed: 5,
  bars: 2500,
  startMs: START_MS + 300 * HOUR_MS,
  timeframeMs: HOUR_MS,
  startPrice: 20,
})

const hourly = (symbol: string) => ({ venue: 'testex', symbol, timeframe: '1h' })
const BTC = hourly('BTC/USD')
const ETH = hourly('ETH/USD')
const strategy = {
  ...SMA_CROSS,
  stopLoss: { fraction: 0.003 },
  takeProfit: { fraction: 0.003 },
  sizing: { kind: 'equityFraction', value: 0.7 },
}
const risk = { maxOpenPositions: 1, cooldownBars: 2 }

const checked = checkStrategy(strategy)
if (!checked.ok) throw new Error('expected a sound strategy')
const compiled = compileStrategy(checked.value)
if (!compiled.ok) throw new Error('expected a sound strategy')
const program: Program = compiled.value

beforeAll(async () => {
  const owner = caller.tenant
  for (const [series, candles, isSimulated] of [
    [BTC, btc, false],
    [ETH, eth, true],
    [{ ...BTC, timeframe: '15m' }, quarters, false],
  ] as const) {
    await importCandles(database, { ...series, owner, isSimulated }, candles)
  }
})
afterAll(async () => {
  await pools.stop()
  await control.stop()
  await api.close()
})

const get = (url: string, query: Record<string, string> = {}) =>
  api.app.inject({ url, query, headers: caller.headers })
const post = (url: string, payload: object) =>
  api.app.inject({ method: 'POST', url, headers: caller.headers, payload })

const viewOf = async (id: string) => backtestView.parse((await get(`/v1/backtests/${id}`)).json())

/** Waits for the end of a backtest that was submitted. */
const ended = async (accepted: Awaited<ReturnType<typeof post>>) => {
  if (accepted.statusCode !== 202) throw new Error(accepted.body)
  const { id } = accepted.json<{ id: string }>()
  return waitFor(
    async () => {
      const view = await viewOf(id)
      return view.finishedAtMs === null ? undefined : view
    },
    { describe: 'the end of the backtest', limitMs: 60_000 },
  )
}

const completed = async (candles: unknown, config: object = {}) =>
  ended(await post('/v1/backtests', { strategy, candles, config }))

const memberOf = (symbol: string, candles: Candles): PortfolioMember => ({
  symbol,
  series: createSeriesColumns(candles),
})

const config = backtestConfigSchema.parse({ risk })

const expectedOf = (members: readonly PortfolioMember[]) => {
  const result = runPortfolio({ program, members, config })
  return toPortfolioReport({ result, config, program, sha256: sha256Hex, withEquity: true })
}

describe('a portfolio over HTTP', () => {
  it('is the engine’s run of all its symbols, in their order', async () => {
    const view = await completed([BTC, ETH], { risk })
    const expected = expectedOf([memberOf(BTC.symbol, btc), memberOf(ETH.symbol, eth)])
    expect(expected.trades.length).toBeGreaterThan(50)
    expect(view).toMatchObject({
      status: 'completed',
      isPortfolio: true,
      venue: 'testex',
      symbol: 'BTC/USD, ETH/USD',
      isSimulated: true,
      fromMs: START_MS,
      bars: 5500,
      cached: false,
      detail: null,
      metrics: expected.metrics,
      result: {
        tradesSha256: expected.tradesSha256,
        trades: expected.trades.length,
        band: expected.band,
        symbols: expected.symbols,
        recommendations: expected.recommendations,
      },
    })
    const digests = [digestCandles(btc), digestCandles(eth)]
    expect(view.datasets).toMatchObject([
      { ...BTC, bars: 3000, digest: digests[0], isSimulated: false },
      { ...ETH, bars: 2500, digest: digests[1], isSimulated: true },
    ])
    expect(view.datasetDigest).toBe(
      combineDatasets(view.datasets.map(({ symbol, digest }) => ({ symbol, digest }))),
    )

    const { items } = (await get(`/v1/backtests/${view.id}/trades`, { limit: '10000' })).json()
    expect(JSON.stringify(items)).toBe(JSON.stringify(expected.trades))
    const equity = (await get(`/v1/backtests/${view.id}/equity`, { limit: '10000' })).json()
    expect(equity.items).toEqual(expected.equity)
    const listed = (await get('/v1/backtests')).json().items
    expect(listed).toContainEqual(
      expect.objectContaining({ id: view.id, isPortfolio: true, datasets: view.datasets }),
    )
  })

  it('is checked symbol by symbol and told by month', async () => {
    const view = await completed([BTC, ETH], { risk })
    expect(view.cached).toBe(true)
    const checks = portfolioChecksView.parse((await get(`/v1/backtests/${view.id}/checks`)).json())
    expect(checks.symbols.map(({ symbol }) => symbol)).toEqual(['BTC/USD', 'ETH/USD'])
    expect(checks.symbols.map(({ checks: own }) => own.data.bars)).toEqual([3000, 2500])
    const { months } = (await get(`/v1/backtests/${view.id}/periodic`)).json()
    expect(months).toHaveLength(5)
  })

  it('has a report of all its symbols', async () => {
    const view = await completed([BTC, ETH], { risk })
    const answer = await get(`/v1/backtests/${view.id}/report`)
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    for (const part of [
      'Portfolio report',
      'BTC/USD, ETH/USD',
      'Simulated data',
      'Other histories',
      view.datasetDigest,
    ]) {
      expect(answer.body).toContain(part)
    }
    for (const { digest } of view.datasets) expect(answer.body).toContain(digest)
    expect(answer.body).toMatch(/entr(?:y|ies): the symbol rested 2 bars after an exit \(BTC\/USD /)
    const policy = String(answer.headers['content-security-policy'])
    expect(answer.body).toContain(policy.replaceAll("'", '&#39;'))
  })

  it('has another address for another order, and another result', async () => {
    const [one, other] = [await completed([BTC, ETH], { risk }), await completed([ETH, BTC], { risk })]
    expect([one.cached, other.cached]).toEqual([true, false])
    expect(other.datasetDigest).not.toBe(one.datasetDigest)
    expect(other.result?.tradesSha256).not.toBe(one.result?.tradesSha256)
  })

  it('of one symbol names it in its trades and is else the backtest of that symbol', async () => {
    const [alone, portfolio] = [await completed(BTC, { risk }), await completed([BTC], { risk })]
    expect([alone.isPortfolio, portfolio.isPortfolio]).toEqual([false, true])
    expect(portfolio.metrics).toEqual(alone.metrics)
    expect(alone.result?.symbols).toBeUndefined()
    expect(portfolio.result).toMatchObject({ symbols: [{ symbol: 'BTC/USD', bars: 3000 }] })
    const tradesOf = async ({ id }: { id: string }): Promise<object[]> =>
      (await get(`/v1/backtests/${id}/trades`, { limit: '10000' })).json().items
    const own = await tradesOf(alone)
    expect(await tradesOf(portfolio)).toEqual(own.map((trade) => ({ ...trade, symbol: 'BTC/USD' })))
  })

  it('takes a range for each symbol', async () => {
    const from = START_MS + 1000 * HOUR_MS
    const view = await completed(
      [
        { ...BTC, from },
        { ...ETH, to: from + 500 * HOUR_MS },
      ],
      { rows: 1100 },
    )
    const bars = [btc.time.filter((ms) => ms >= from), eth.time.filter((ms) => ms < from + 500 * HOUR_MS)]
    expect(view.datasets.map((dataset) => dataset.bars)).toEqual(bars.map(({ length }) => length))
    expect(view.result?.symbols?.map(({ bars }) => bars)).toEqual([1100, 1100])
  })

  it('fails when the candles of a member are not those that were pinned', async () => {
    const SOL = hourly('SOL/USD')
    const bars = sliceCandles(eth, 0, 200)
    const { seriesId } = await importCandles(
      database,
      { ...SOL, owner: caller.tenant, isSimulated: true },
      bars,
    )
    // Past the import, so that the digest that is pinned is that of the bars before.
    await database.db
      .updateTable('candle')
      .set({ volume: 1234 })
      .where('series_id', '=', seriesId)
      .where('open_ms', '=', bars.time[7]!)
      .execute()
    const view = await completed([BTC, SOL])
    expect([view.status, view.error?.code]).toEqual(['failed', 'DATASET_CHANGED'])
  })

  it.each([
    [[BTC, { ...ETH, timeframe: '15m' }], 'INVALID_REQUEST', 'candles[1].timeframe'],
    [[BTC, hourly('ETH/EUR')], 'INVALID_REQUEST', 'candles[1].symbol'],
    [[BTC, BTC], 'INVALID_REQUEST', 'candles[1].symbol'],
    [[], 'INVALID_REQUEST', 'candles'],
    [[BTC, hourly('XRP/USD')], 'NO_CANDLES', undefined],
  ])('is refused of %j', async (candles, code, path) => {
    const problem = (await post('/v1/backtests', { strategy, candles })).json()
    expect([problem.code, problem.errors?.[0]?.path]).toEqual([code, path])
  })

  it('is not swept', async () => {
    const parameters = { 'indicators.fast.params.period': [2, 3] }
    const problem = (await post('/v1/sweeps', { strategy, parameters, candles: [BTC, ETH] })).json()
    expect(problem.errors).toEqual([
      {
        path: 'candles',
        message: expect.stringMatching(/^expected one series; only a backtest takes a portfolio/),
      },
    ])
  })
})

describe('detail candles over HTTP', () => {
  it('let fills happen inside them, under an address of their own', async () => {
    const [coarse, view] = [await completed(BTC), await completed({ ...BTC, detail: '15m' })]
    const series = createSeriesColumns(btc)
    const input = { program, series, config: DEFAULT_BACKTEST_CONFIG, detail: quarters }
    const result = runBacktest(input)
    const expected = toBacktestReport({
      result,
      candles: btc,
      config: input.config,
      program,
      sha256: sha256Hex,
      withEquity: false,
    })
    expect(view).toMatchObject({
      status: 'completed',
      cached: false,
      datasetDigest: coarse.datasetDigest,
      detail: { ...BTC, timeframe: '15m', bars: QUARTERS, digest: digestCandles(quarters) },
      metrics: expected.metrics,
      result: { tradesSha256: expected.tradesSha256, band: expected.band },
    })
    expect(view.result?.tradesSha256).not.toBe(coarse.result?.tradesSha256)
    expect(view.result?.band.ambiguousBars).toBeLessThan(coarse.result?.band.ambiguousBars ?? 0)
    expect((await completed({ ...BTC, detail: '15m' })).cached).toBe(true)
    const checks = (await get(`/v1/backtests/${view.id}/checks`)).json()
    expect(runChecksView.parse(checks).data.bars).toBe(3000)
    const page = await get(`/v1/backtests/${view.id}/report`)
    expect(page.statusCode).toBe(200)
    expect(page.body).toContain(digestCandles(quarters))
  })

  it('reach to the end of the last bar of a range', async () => {
    const to = START_MS + 500 * HOUR_MS - 1
    const view = await completed({ ...BTC, to, detail: '15m' })
    expect([view.error, view.status]).toEqual([null, 'completed'])
    expect([view.bars, view.detail?.bars]).toEqual([500, 2000])
  })

  it('have to make up the bars', async () => {
    const LTC = hourly('LTC/USD')
    const owner = caller.tenant
    await importCandles(database, { ...LTC, owner, isSimulated: true }, btc)
    const fine = { ...LTC, timeframe: '15m', owner, isSimulated: true }
    await importCandles(database, fine, sliceCandles(quarters, 0, QUARTERS - 4))
    const view = await completed({ ...LTC, detail: '15m' })
    expect([view.status, view.error?.code]).toEqual(['failed', 'INVALID_CANDLES'])
    expect(view.error?.detail).toMatch(/^.+: expected .+, was /)
  })

  it('have to be there', async () => {
    const problem = (await post('/v1/backtests', { strategy, candles: { ...ETH, detail: '5m' } })).json()
    expect([problem.code, problem.detail]).toEqual([
      'NO_CANDLES',
      'expected imported candles of testex ETH/USD 5m, was none',
    ])
  })
})

describe('the guides', () => {
  const bodyIn = (name: string): unknown => {
    const guide = readFileSync(new URL(`../../docs/guides/${name}.md`, import.meta.url), 'utf8')
    return JSON.parse(/-d '(\{[\s\S]*?\n\})'/.exec(guide)?.[1] ?? 'null')
  }

  it.each([
    ['portfolio', true, 2],
    ['accounts', false, 1],
  ])('to %s show a request that works', async (name, isPortfolio, datasets) => {
    const owner = caller.tenant
    const minutes = generateCandles({
      seed: 9,
      bars: 24_000,
      startMs: START_MS,
      timeframeMs: 60_000,
      startPrice: 50,
    })
    const hours = resampleCandles(minutes, { toMs: HOUR_MS })
    if (!hours.ok) throw new Error('expected minutes that make hours')
    const series = { venue: 'myex', timeframe: '1h', owner, isSimulated: true }
    for (const symbol of ['BTC/USDT', 'ETH/USDT']) {
      await importCandles(database, { ...series, symbol }, hours.value)
    }
    await importCandles(database, { ...series, symbol: 'BTC/USDT', timeframe: '1m' }, minutes)
    const view = await ended(await post('/v1/backtests', bodyIn(name) as object))
    expect([view.error, view.status, view.isPortfolio]).toEqual([null, 'completed', isPortfolio])
    expect([view.datasets.length, view.detail?.timeframe]).toEqual([datasets, isPortfolio ? undefined : '1m'])
    expect(view.result?.trades).toBeGreaterThan(3)
  })
})
