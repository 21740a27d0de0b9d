import { createReadStream, existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import { marketId } from '@botcriptofy/contracts/stream'
import { type Candles, createCandleCsvParser } from '@botcriptofy/engine/market'
import { startApp } from '@botcriptofy/testkit/process'
import { waitFor } from '@botcriptofy/testkit/wait'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openBots } from './bots.fixture.ts'
import { simulate, urlsOf } from './streamer.fixture.ts'

const BARS = 10_000
/** What passes before the last program is up. */
const SPARE_BARS = 6000
const SPEED = 60_000
const KILLS = 3
const RECORDED = join(process.env['CONFORMANCE_DATA'] ?? '', 'candles-more/bybit-DOGEUSDT-1m.csv.gz')

const LONG_SHORT = {
  entry: {
    long: { all: [{ left: 'fast', op: 'crosses_above', right: 'slow' }] },
    short: { all: [{ left: 'fast', op: 'crosses_below', right: 'slow' }] },
  },
  exit: {},
}
/** Trailing, stops and targets, sizes by risk and by equity, orders that rest. */
const STRATEGIES = [
  {
    name: 'cross-trailing',
    version: 1,
    direction: 'both',
    indicators: {
      fast: { type: 'ema', params: { period: 9 } },
      slow: { type: 'sma', params: { period: 30 } },
    },
    ...LONG_SHORT,
    stopLoss: { fraction: 0.01 },
    trailingStop: { fraction: 0.006, activationFraction: 0.003 },
    sizing: { kind: 'equityFraction', value: 0.9 },
  },
  {
    name: 'rsi-targets',
    version: 1,
    direction: 'long',
    indicators: { rsi: { type: 'rsi', params: { period: 14 } } },
    entry: { long: { left: 'rsi', op: '<', right: 30 } },
    exit: { long: { left: 'rsi', op: '>', right: 65 } },
    stopLoss: { fraction: 0.012 },
    takeProfit: { fraction: 0.008 },
    sizing: { kind: 'riskFraction', value: 0.005 },
  },
  {
    name: 'bands-limit',
    version: 1,
    direction: 'both',
    indicators: { bands: { type: 'bbands', params: { period: 20, stdDev: 2 } } },
    entry: {
      long: { left: 'close', op: '<', right: 'bands.lower' },
      short: { left: 'close', op: '>', right: 'bands.upper' },
    },
    exit: {
      long: { left: 'close', op: '>', right: 'bands.middle' },
      short: { left: 'close', op: '<', right: 'bands.middle' },
    },
    entryOrder: { kind: 'limit', limit: { offsetFraction: 0.0005 }, expireBars: 3 },
    stopLoss: { fraction: 0.02 },
    sizing: { kind: 'quote', value: 2000 },
  },
]

const readRecorded = async (rows: number): Promise<{ readonly csv: string; readonly candles: Candles }> => {
  const whole = await text(createReadStream(RECORDED).pipe(createGunzip()))
  const csv = `${whole
    .split('\n')
    .slice(0, rows + 1)
    .join('\n')}\n`
  const parser = createCandleCsvParser()
  parser.push(csv)
  const parsed = parser.end()
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  return { csv, candles: parsed.value }
}

describe.skipIf(!existsSync(RECORDED))('bots on a recorded market', () => {
  it(
    `trade as backtests of the ${BARS} bars they took in, though their workers are killed`,
    { timeout: 180_000 },
    async () => {
      const bots = await openBots()
      onTestFinished(() => bots.close())
      const { csv, candles } = await readRecorded(BARS + SPARE_BARS)
      const folder = await mkdtemp(join(tmpdir(), 'botcriptofy-parity-'))
      onTestFinished(() => rm(folder, { recursive: true }))
      const file = join(folder, 'candles.csv')
      await writeFile(file, csv)

      const market = { venue: 'binance', symbol: 'DOGE/USDT' }
      const ids: string[] = []
      for (const strategy of STRATEGIES) ids.push(await bots.newBot({ strategy, market }))
      for (const id of ids) await bots.start(id)
      const startWorker = () => {
        const app = startApp({
          app: 'worker',
          env: {
            DATABASE_URL: bots.database.url,
            REDIS_URL: bots.redisUrl,
            WORKER_ROLES: 'bot,control',
            BOT_STALE_BARS: '1000000',
            BOT_LEASE_SECONDS: '2',
            BOT_CRASH_LIMIT: '100',
          },
        })
        onTestFinished(async () => void (await app.kill('SIGKILL')))
        return app
      }
      let worker = startWorker()
      for (const id of ids) {
        await waitFor(async () => (await bots.runOf(id)).holder, { describe: 'an owner of each bot' })
      }
      const simulator = await simulate(market, {
        SIMULATOR_CANDLES_FILE: file,
        SIMULATOR_SPEED: String(SPEED),
        SIMULATOR_HISTORY_BARS: '40',
      })
      const streamer = startApp({
        app: 'streamer',
        env: {
          REDIS_URL: bots.redisUrl,
          STREAM_SYMBOLS: marketId(market),
          TAPE_CANDLE_ENTRIES: '20000',
          ...urlsOf(simulator),
        },
      })
      onTestFinished(async () => void (await streamer.kill('SIGKILL')))
      for (let kill = 1; kill <= KILLS; kill++) {
        await bots.tookIn(ids[0]!, kill * 1000)
        await worker.kill('SIGKILL')
        worker = startWorker()
      }
      for (const [at, id] of ids.entries()) {
        await bots.tookIn(id, BARS)
        await bots.command(id, { kind: 'stop', policy: 'keep' })
        await bots.reach(id, 'STOPPED')
        const compared = await bots.compare(id, candles, { strategy: STRATEGIES[at] })
        expect(compared.bot, STRATEGIES[at]?.name).toBe(compared.backtest)
        expect(compared.trades, STRATEGIES[at]?.name).toBeGreaterThan(50)
        const run = await bots.runOf(id)
        expect(run.epoch).toBeGreaterThan(KILLS)
        const bars = await bots.journalOf(id, ['candle'])
        expect(bars).toHaveLength(run.bars)
      }
    },
  )
})
