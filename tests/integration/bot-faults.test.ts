import { generateCandles } from '@botcriptofy/engine/market'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openBots, type TestBots } from './bots.fixture.ts'

const MARKET = { venue: 'binance', symbol: 'ADA/USDT' }
const STRATEGY = {
  name: 'swing',
  version: 1,
  direction: 'both',
  indicators: { mean: { type: 'sma', params: { period: 4 } } },
  entry: {
    long: { left: 'close', op: 'crosses_above', right: 'mean' },
    short: { left: 'close', op: 'crosses_below', right: 'mean' },
  },
  exit: {},
  sizing: { kind: 'equityFraction', value: 1 },
}
const BOTS = 50
const CANDLES = generateCandles({ seed: 5, bars: 200, startMs: 0, timeframeMs: 60_000, startPrice: 100 })

let bots: TestBots
let written = 1
beforeAll(async () => {
  bots = await openBots()
  bots.startControls()
})
afterAll(() => bots.close())

const more = async (bars: number) => {
  await bots.writeBars(MARKET, CANDLES, [written, written + bars])
  written += bars
}
const countOf = async (where: string): Promise<number> => {
  const { rows } = await bots.database.pool.query(
    `select count(*)::int as n from bot join bot_lease l on l.bot_id = bot.id where ${where}`,
  )
  return rows[0].n
}

it(
  `hands ${BOTS} bots over to another process in less than a second each`,
  { timeout: 120_000 },
  async () => {
    await more(10)
    const pool = bots.startPool()
    const ids: string[] = []
    for (let at = 0; at < BOTS; at++) ids.push(await bots.newBot({ strategy: STRATEGY, market: MARKET }))
    await Promise.all(ids.map((id) => bots.start(id)))
    await waitFor(async () => (await countOf(`state = 'RUNNING'`)) === BOTS, {
      describe: 'all to run',
      everyMs: 100,
    })
    bots.startPool()
    await pool.stop()
    await waitFor(async () => (await countOf(`state = 'RUNNING' and epoch = 2`)) === BOTS, {
      describe: 'all to run elsewhere',
      everyMs: 100,
    })
    const { rows } = await bots.database.pool.query(`
    select extract(epoch from max(created_at) filter (where epoch = 2 and kind = 'lease')
      - max(created_at) filter (where epoch = 1)) * 1000 as ms
    from bot_journal group by bot_id`)
    const tookMs = rows.map(({ ms }) => Number(ms)).toSorted((a, b) => a - b)
    expect(tookMs).toHaveLength(BOTS)
    expect(tookMs[Math.floor(BOTS * 0.99)]).toBeLessThan(1000)
    expect(await countOf('crashes > 0')).toBe(0)

    const { rowCount } = await bots.database.pool.query('select from bot_journal where kind = $1', ['candle'])
    await bots.command(ids[0]!, { kind: 'halt' })
    await Promise.all(ids.slice(1).map((id) => bots.command(id, { kind: 'stop', policy: 'keep' })))
    await waitFor(async () => (await countOf(`state = 'STOPPED'`)) === BOTS - 1, {
      describe: 'all to end',
      everyMs: 100,
    })
    expect(rowCount).toBeGreaterThan(0)
  },
)

it('goes on when Redis loses all that it held, and takes in no bar twice', { timeout: 60_000 }, async () => {
  const id = await bots.newBot({ strategy: STRATEGY, market: MARKET })
  await bots.start(id)
  await bots.reach(id, 'RUNNING')
  await more(20)
  const { bars } = await bots.runOf(id)
  await bots.tookIn(id, bars + 20)
  await bots.redis.flushdb()
  await waitFor(async () => (await bots.redis.keys('tape-reader:*')).length > 0, {
    describe: 'the reader to be back',
  })
  await more(20)
  await bots.tookIn(id, bars + 40)
  const { bot, backtest, trades } = await bots.compare(id, CANDLES, { strategy: STRATEGY })
  expect(bot).toBe(backtest)
  expect(trades).toBeGreaterThan(3)
})
