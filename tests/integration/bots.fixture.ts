import type { BotState } from '@botcriptofy/contracts/bot'
import {
  type CandleRecord,
  type MarketName,
  marketShard,
  TAPE_TIMEFRAME,
} from '@botcriptofy/contracts/stream'
import { backtestConfigSchema, type BacktestConfigInput } from '@botcriptofy/contracts/backtest'
import { strategySchema } from '@botcriptofy/contracts/strategy'
import { runBacktest, toBacktestReport } from '@botcriptofy/engine/backtest'
import { type Candles, sliceCandles } from '@botcriptofy/engine/market'
import { compileStrategy, createSeriesColumns } from '@botcriptofy/engine/strategy'
import { createLog } from '@botcriptofy/runtime/log'
import { createMetrics } from '@botcriptofy/runtime/metrics'
import { createRedis } from '@botcriptofy/runtime/redis'
import { resetTape, takeLease, writeTape } from '@botcriptofy/runtime/stream'
import {
  type BotCommand,
  commandBot,
  findBot,
  findNewestRun,
  insertBot,
  listBotTrades,
  readJournal,
} from '@botcriptofy/store/bot'
import { sha256Hex } from '@botcriptofy/store/database'
import { saveStrategyBody } from '@botcriptofy/store/strategy'
import { ensureTenant } from '@botcriptofy/store/tenant'
import { testDatabase } from '@botcriptofy/testkit/database'
import { ownRedisUrl } from '@botcriptofy/testkit/redis'
import { waitFor } from '@botcriptofy/testkit/wait'
import { startBotPool } from '../../apps/worker/src/bot/bot-pool.ts'
import { startControl } from '../../apps/worker/src/control/control.ts'

const LIMITS = { tradeEntries: 10, candleEntries: 20_000, gapEntries: 10, tickerEntries: 10, bookEntries: 10 }
const MINUTE_MS = 60_000

/** What a strategy and a configuration come to on candles, as a backtest. */
export const backtestOf = (input: {
  readonly strategy: unknown
  readonly config: BacktestConfigInput
  readonly candles: Candles
}) => {
  const strategy = strategySchema.parse(input.strategy)
  const config = backtestConfigSchema.parse(input.config)
  const program = compileStrategy(strategy, { barMs: MINUTE_MS })
  if (!program.ok) throw new Error(JSON.stringify(program.error))
  const series = createSeriesColumns(input.candles)
  const result = runBacktest({ program: program.value, series, config })
  return toBacktestReport({
    result,
    candles: input.candles,
    config,
    program: program.value,
    sha256: sha256Hex,
    withEquity: false,
  })
}

export type TestBots = Awaited<ReturnType<typeof openBots>>

/** Bots on a database and a Redis of their own; the test writes the tape. */
export const openBots = async () => {
  const database = await testDatabase({ poolSize: 12 })
  const redisUrl = await ownRedisUrl()
  const redis = createRedis(redisUrl, 'command')
  await redis.flushdb()
  const { db } = database
  const tenant = await ensureTenant(db, 'acme')
  const log = createLog({ name: 'test', level: 'silent' })
  const started = new Set<{ readonly stop: () => Promise<void> }>()

  const startControls = () => {
    const control = startControl({ database, redisUrl, namespace: '', registry: createMetrics('test'), log })
    started.add(control)
    return control
  }
  const startPool = (options: { readonly leaseTtlMs?: number; readonly staleBars?: number } = {}) => {
    const pool = startBotPool({
      database,
      redisUrl,
      config: {
        DATABASE_URL: database.url,
        BOT_SLOTS: 300,
        BOT_STALE_BARS: options.staleBars ?? 1_000_000,
        QUEUE_NAMESPACE: '',
      },
      registry: createMetrics('test'),
      leaseTtlMs: options.leaseTtlMs,
      log,
    })
    const stop = async () => {
      if (started.delete(running)) await pool.stop()
    }
    const running = { stop }
    started.add(running)
    return running
  }
  const newBot = async (parts: {
    readonly strategy: unknown
    readonly market: MarketName
    readonly config?: BacktestConfigInput
    readonly timeframe?: string
  }): Promise<string> => {
    const strategy = strategySchema.parse(parts.strategy)
    return db.transaction().execute(async (tx) => {
      const { id } = await insertBot(tx, tenant, {
        name: 'test',
        mode: 'paper',
        strategySha256: await saveStrategyBody(tx, tenant, strategy),
        ...parts.market,
        timeframe: parts.timeframe ?? '1m',
        config: backtestConfigSchema.parse(parts.config ?? {}),
        origin: null,
      })
      return id
    })
  }
  const command = (botId: string, command: BotCommand) =>
    db.transaction().execute((tx) => commandBot(tx, tenant, { botId, command }))
  const start = (botId: string) => command(botId, { kind: 'start', account: 'continue' })
  const stateOf = async (botId: string): Promise<BotState | undefined> =>
    (await findBot(db, tenant, botId))?.state
  const reach = (botId: string, state: BotState) =>
    waitFor(async () => (await stateOf(botId)) === state, {
      describe: `${botId} to be ${state}`,
      everyMs: 10,
    }).catch(async (error: unknown) => {
      throw new Error(`${String(error)}: ${await stateOf(botId)} ${JSON.stringify(await runOf(botId))}`, {
        cause: error,
      })
    })
  const runOf = async (botId: string) => {
    const run = await findNewestRun(db, tenant, botId)
    if (run === undefined) throw new Error('expected a run, was none')
    return run
  }
  const tookIn = (botId: string, bars: number) =>
    waitFor(async () => (await runOf(botId)).bars >= bars, { describe: `${bars} bars`, everyMs: 10 }).catch(
      async (error: unknown) => {
        const { bars: taken, waiting_for: waitingFor, epoch, crashes } = await runOf(botId)
        const facts = JSON.stringify({ state: await stateOf(botId), taken, waitingFor, epoch, crashes })
        throw new Error(`${String(error)}: ${facts}`, { cause: error })
      },
    )
  const tradesOf = async (botId: string, runNo = 1) =>
    (await listBotTrades(db, tenant, { botId, runNo, limit: 100_000, afterN: 0 })).map(({ trade }) => trade)
  const journalOf = (botId: string, kinds?: readonly string[]) =>
    readJournal(db, tenant, { botId, limit: 100_000, afterSeq: 0, kinds })

  /** Writes bars of a series, by their rows, on the tape of a market. */
  const writeBars = async (market: MarketName, candles: Candles, [from, to]: readonly [number, number]) => {
    const lease = await takeLease(redis, marketShard(market), { instance: 'test', ttlMs: 60_000 })
    if (lease === undefined) throw new Error('expected a free lease, was held')
    const records = Array.from({ length: to - from }, (_, at): CandleRecord => {
      const row = from + at
      const openTimeMs = candles.time[row]!
      return {
        type: 'candle',
        ...market,
        exchangeTimeMs: openTimeMs + MINUTE_MS,
        timeframe: TAPE_TIMEFRAME,
        openTimeMs,
        open: String(candles.open[row]),
        high: String(candles.high[row]),
        low: String(candles.low[row]),
        close: String(candles.close[row]),
        volume: String(candles.volume[row]),
        closed: true,
      }
    })
    const batch = {
      market,
      epoch: 1,
      receivedMs: Date.now(),
      trades: [],
      gaps: [],
      ticker: undefined,
      books: [],
    }
    await writeTape(redis, [{ lease, batches: [{ ...batch, candles: records, limits: LIMITS }] }])
  }
  const clearTape = async (market: MarketName) => {
    const lease = await takeLease(redis, marketShard(market), { instance: 'test', ttlMs: 60_000 })
    if (lease !== undefined) await resetTape(redis, market, { lease, timeframe: TAPE_TIMEFRAME, epoch: 1 })
  }
  /** The bot's trades and those of a backtest over the very bars that it took in, as the digests of their lists. */
  const compare = async (
    botId: string,
    candles: Candles,
    parts: { strategy: unknown; config?: BacktestConfigInput },
  ) => {
    const run = await runOf(botId)
    const first = candles.time.indexOf(run.first_open_ms ?? -1)
    const config = {
      ...parts.config,
      signalsFromBar: run.signals_from_bar ?? 0,
      endOfData: 'leave_open' as const,
    }
    const report = backtestOf({ ...parts, config, candles: sliceCandles(candles, first, first + run.bars) })
    const trades = await tradesOf(botId, run.run_no)
    return { bot: sha256Hex(JSON.stringify(trades)), backtest: report.tradesSha256, trades: trades.length }
  }
  /** `keepsDatabase`: somebody else closes it. */
  const close = async ({ keepsDatabase = false } = {}) => {
    await Promise.all([...started].map(({ stop }) => stop()))
    await redis.flushdb()
    redis.disconnect()
    if (!keepsDatabase) await database.close()
  }
  return {
    database,
    db,
    redis,
    redisUrl,
    tenant,
    startControls,
    startPool,
    newBot,
    command,
    start,
    stateOf,
    reach,
    runOf,
    tookIn,
    tradesOf,
    journalOf,
    writeBars,
    clearTape,
    compare,
    close,
  }
}
