import { describeProblem } from '@botcriptofy/engine/kernel'
import { parseTimeframe } from '@botcriptofy/engine/market'
import { InvalidConfig } from '@botcriptofy/runtime/config'
import { createLog } from '@botcriptofy/runtime/log'
import { createShutdown } from '@botcriptofy/runtime/shutdown'
import { createSimulator } from './app.ts'
import { readSimulatorConfig, type SimulatorConfig } from './config.ts'
import { createSimulatedClock } from './market/clock.ts'
import { createSimulatedMarket, type SimulatedMarket } from './market/market.ts'
import { generateMarket, prepareSeries, readCandleFile, seriesEndMs } from './market/series.ts'

const GENERATED_BARS = 100_000
const GENERATED_HISTORY_BARS = 10_000

const openMarket = async (config: SimulatorConfig): Promise<SimulatedMarket> => {
  const timeframe = parseTimeframe(config.SIMULATOR_TIMEFRAME, 'SIMULATOR_TIMEFRAME')
  if (!timeframe.ok) throw new Error(describeProblem(timeframe.error))
  const settings = { timeframeMs: timeframe.value, seed: config.SIMULATOR_SEED }
  const generatedHistory = config.SIMULATOR_HISTORY_BARS ?? GENERATED_HISTORY_BARS
  const candles =
    config.SIMULATOR_CANDLES_FILE === undefined
      ? generateMarket({
          ...settings,
          bars: generatedHistory + GENERATED_BARS,
          historyBars: generatedHistory,
          nowMs: Date.now(),
        })
      : await readCandleFile(config.SIMULATOR_CANDLES_FILE)
  const series = prepareSeries(candles, settings)
  if (!series.ok) throw new Error(describeProblem(series.error))
  const bars = candles.time.length
  const history =
    config.SIMULATOR_CANDLES_FILE === undefined
      ? generatedHistory
      : (config.SIMULATOR_HISTORY_BARS ?? bars >> 1)
  const startMs = candles.time[history]
  if (startMs === undefined)
    throw new Error(`SIMULATOR_HISTORY_BARS: expected fewer than ${bars}, was ${history}`)
  const clock = createSimulatedClock({
    startMs,
    endMs: seriesEndMs(series.value),
    speed: config.SIMULATOR_SPEED,
    elapsedMs: () => performance.now(),
  })
  return createSimulatedMarket({ symbol: config.SIMULATOR_SYMBOL, series: series.value, clock })
}

const main = async (config: SimulatorConfig) => {
  const log = createLog({ name: 'simulator', level: config.LOG_LEVEL })
  const shutdown = createShutdown({ log, limitMs: 2000 })
  const market = await openMarket(config)
  const app = createSimulator({
    market,
    bookLevels: config.SIMULATOR_BOOK_LEVELS,
    onEnd: () => log.warn('the recorded market has ended'),
  })
  shutdown.onStop('http', () => app.close())
  const url = await app.listen({ host: config.SIMULATOR_HOST, port: config.SIMULATOR_PORT })
  log.info({ url, symbol: config.SIMULATOR_SYMBOL, bars: market.series.candles.time.length }, 'listening')
}

try {
  await main(readSimulatorConfig())
} catch (error) {
  process.stderr.write(`simulator: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(error instanceof InvalidConfig ? 2 : 1)
}
