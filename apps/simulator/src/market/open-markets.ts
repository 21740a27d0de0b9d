import { describeProblem } from '@botcriptofy/engine/kernel'
import { parseTimeframe } from '@botcriptofy/engine/market'
import type { SimulatorConfig } from '../config.ts'
import { createSimulatedClock } from './clock.ts'
import { createSimulatedMarket, type SimulatedMarket } from './market.ts'
import {
  generateMarket,
  prepareSeries,
  readCandleFile,
  seriesEndMs,
  SHIFT_BARS,
  shiftSeries,
} from './series.ts'

const GENERATED_BARS = 100_000
const GENERATED_HISTORY_BARS = 10_000

/** The markets of a configuration, on one clock that starts after their history. Throws where the candles are none. */
export const openMarkets = async (config: SimulatorConfig): Promise<readonly SimulatedMarket[]> => {
  const timeframe = parseTimeframe(config.SIMULATOR_TIMEFRAME, 'SIMULATOR_TIMEFRAME')
  if (!timeframe.ok) throw new Error(describeProblem(timeframe.error))
  const settings = { timeframeMs: timeframe.value, seed: config.SIMULATOR_SEED }
  const file = config.SIMULATOR_CANDLES_FILE
  const symbols = symbolsOf(config)
  const generatedHistory = config.SIMULATOR_HISTORY_BARS ?? GENERATED_HISTORY_BARS
  const shifts = (symbols.length - 1) * SHIFT_BARS
  const candles =
    file === undefined
      ? generateMarket({
          ...settings,
          bars: generatedHistory + GENERATED_BARS + shifts,
          historyBars: generatedHistory,
          nowMs: Date.now(),
        })
      : await readCandleFile(file)
  const series = prepareSeries(candles, settings)
  if (!series.ok) throw new Error(describeProblem(series.error))
  const bars = candles.time.length
  const history = file === undefined ? generatedHistory : (config.SIMULATOR_HISTORY_BARS ?? bars >> 1)
  const startMs = candles.time[history]
  if (startMs === undefined)
    throw new Error(`SIMULATOR_HISTORY_BARS: expected fewer than ${bars}, was ${history}`)
  const all = symbols.map((_, at) =>
    at === 0
      ? series.value
      : shiftSeries(series.value, { seed: config.SIMULATOR_SEED + at, shift: at * SHIFT_BARS }),
  )
  // The market that ends first ends them all.
  const endMs = Math.min(...all.map(seriesEndMs))
  const clock = createSimulatedClock({
    startMs,
    endMs,
    speed: config.SIMULATOR_SPEED,
    elapsedMs: () => performance.now(),
  })
  return symbols.map((symbol, at) => createSimulatedMarket({ symbol, series: all[at]!, clock }))
}

const symbolsOf = (config: SimulatorConfig): readonly string[] => {
  const { SIMULATOR_SYMBOL: first, SIMULATOR_SYMBOLS: more, SIMULATOR_CANDLES_FILE: file } = config
  const symbols = [...new Set(more.length === 0 ? [first] : more)]
  if (file !== undefined && symbols.length > 1)
    throw new Error(`SIMULATOR_SYMBOLS: expected one symbol for the candles of a file, was ${symbols.length}`)
  return symbols
}
