import { generateCandles, sliceCandles } from '@botcriptofy/engine/market'
import { openQueue } from '@botcriptofy/runtime/queue'
import { importCandles } from '@botcriptofy/store/candles'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { openBots, type TestBots } from './bots.fixture.ts'

const MARKET = { venue: 'binance', symbol: 'BTC/USDT' }
const STRATEGY = {
  name: 'cross',
  version: 1,
  direction: 'both',
  indicators: { fast: { type: 'ema', params: { period: 3 } }, slow: { type: 'sma', params: { period: 8 } } },
  entry: {
    long: { all: [{ left: 'fast', op: 'crosses_above', right: 'slow' }] },
    short: { all: [{ left: 'fast', op: 'crosses_below', right: 'slow' }] },
  },
  exit: {},
  stopLoss: { fraction: 0.01 },
  trailingStop: { fraction: 0.008, activationFraction: 0.004 },
  sizing: { kind: 'equityFraction', value: 1 },
}
const CANDLES = generateCandles({
  seed: 7,
  bars: 400,
  startMs: Date.UTC(2026, 0, 1),
  timeframeMs: 60_000,
  startPrice: 100,
})

let bots: TestBots
beforeAll(async () => {
  bots = await openBots()
  bots.startControls()
})
afterAll(() => bots.close())

it('trades as a backtest of the bars it took in, through hand-overs from owner to owner', async () => {
  await bots.writeBars(MARKET, CANDLES, [0, 100])
  const id = await bots.newBot({ strategy: STRATEGY, market: MARKET })
  let pool = bots.startPool()
  expect(await bots.start(id)).toEqual({ ok: true })
  await bots.reach(id, 'RUNNING')
  for (let from = 100; from < 400; from += 60) {
    await bots.writeBars(MARKET, CANDLES, [from, from + 60])
    const next = bots.startPool()
    await pool.stop()
    pool = next
    await waitFor(async () => (await bots.runOf(id)).holder, { describe: 'the next owner' })
  }
  const first = CANDLES.time.indexOf((await bots.runOf(id)).first_open_ms ?? 0)
  expect(first).toBeGreaterThan(50)
  await bots.tookIn(id, 400 - first)
  const { bot, backtest, trades } = await bots.compare(id, CANDLES, { strategy: STRATEGY })
  expect(bot).toBe(backtest)
  expect(trades).toBeGreaterThan(20)
  expect((await bots.runOf(id)).epoch).toBe(6)

  const queue = openQueue('bots', { connection: bots.redis })
  onTestFinished(() => queue.close())
  const job = await queue.getJob(`bot-${id}-2`)
  expect([job?.name, job?.returnvalue]).toEqual(['bot.run', { outcome: 'handed_over' }])
  // What Redis delivers once more finds that a later owner was sent.
  await queue.add('bot.run', job?.data, { jobId: 'again' })
  await expect.poll(async () => (await queue.getJob('again'))?.returnvalue).toEqual({ outcome: 'superseded' })
  expect(await bots.stateOf(id)).toBe('RUNNING')
  await pool.stop()
})

it(
  'decides nothing on what is missing, says so, and goes on when somebody has it',
  { timeout: 60_000 },
  async () => {
    const market = { venue: 'binance', symbol: 'XRP/USDT' }
    await bots.writeBars(market, CANDLES, [0, 60])
    bots.startPool({ staleBars: 2 })
    const id = await bots.newBot({ strategy: STRATEGY, market })
    await bots.start(id)
    await bots.reach(id, 'RUNNING')
    const { bars } = await bots.runOf(id)
    await bots.writeBars(market, CANDLES, [61, 64])
    await bots.reach(id, 'DEGRADED')
    await expect
      .poll(async () => (await bots.runOf(id)).waiting_for)
      .toBe(`candles that are missing from ${new Date(CANDLES.time[60]!).toISOString()} on`)
    expect((await bots.runOf(id)).bars).toBe(bars)
    const target = { owner: bots.tenant, ...market, timeframe: '1m', isSimulated: false }
    await importCandles(bots.database, target, sliceCandles(CANDLES, 60, 61))
    await bots.reach(id, 'RUNNING')
    await bots.tookIn(id, bars + 4)
    const taken = await bots.journalOf(id, ['candle'])
    expect(taken.slice(-4).map(({ data }) => (data as { mode: string }).mode)).toEqual([
      'history',
      'history',
      'trade',
      'trade',
    ])
  },
)
