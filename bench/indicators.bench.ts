// The platform's eight indicators over a million bars: ours against the hand-written loop of kernels.mjs, and against
// the fastest library on npm. Ours and the floor write into outputs that were allocated before; the library has no
// such form and returns arrays of its own, so the way that allocates ours is measured beside it too.
import { computeIndicator, definitionOf, resolveIndicator } from '@botcriptofy/engine/indicators'
import type { Candles } from '@botcriptofy/engine/market'
import { IndicatorsSync } from '@ixjb94/indicators'
import { interleave, median, medianRatio, printReport } from './bench-output.ts'
import { ohlcv } from './data.mjs'
import * as floors from './kernels.mjs'

const BARS = 1_000_000
const WARM_UP_ROUNDS = 4
const FLOOR_ROUNDS = 15
const LIBRARY_ROUNDS = 7

const candles: Candles = ohlcv(BARS)
const { high, low, close } = candles
/** The arrays that the library declares. */
const [highs, lows, closes] = [high, low, close].map((column) => Array.from(column)) as [
  number[],
  number[],
  number[],
]
const library = new IndicatorsSync()

interface Contest {
  readonly params: Readonly<Record<string, number>>
  /** The floor's loop; its outputs, which for ADX are one of our three lines. */
  readonly floor: (out: readonly Float64Array[]) => void
  readonly library: () => unknown
  /** Which of our lines the floor gives, in its order. */
  readonly floorLines?: readonly number[]
}

const CONTESTS: Readonly<Record<string, Contest>> = {
  sma: {
    params: { period: 20 },
    floor: ([out]) => floors.sma(close, 20, out),
    library: () => library.sma(closes, 20),
  },
  ema: {
    params: { period: 20 },
    floor: ([out]) => floors.ema(close, 20, out),
    library: () => library.ema(closes, 20),
  },
  rsi: {
    params: { period: 14 },
    floor: ([out]) => floors.rsi(close, 14, out),
    library: () => library.rsi(closes, 14),
  },
  macd: {
    params: { fast: 12, slow: 26, signal: 9 },
    floor: ([macd, signal, histogram]) => floors.macd(close, 12, 26, 9, macd, signal, histogram),
    library: () => library.macd(closes, 12, 26, 9),
  },
  bbands: {
    params: { period: 20, stdDev: 2 },
    floor: ([upper, middle, lower]) => floors.bbands(close, 20, 2, upper, middle, lower),
    library: () => library.bbands(closes, 20, 2),
  },
  stoch: {
    params: { kPeriod: 14, kSmooth: 3, dPeriod: 3 },
    floor: ([k, d]) => floors.stoch(high, low, close, 14, 3, 3, k, d),
    library: () => library.stoch(highs, lows, closes, 14, 3, 3),
  },
  atr: {
    params: { period: 14 },
    floor: ([out]) => floors.atr(high, low, close, 14, out),
    library: () => library.atr(highs, lows, closes, 14),
  },
  adx: {
    params: { period: 14 },
    floor: ([out]) => floors.adx(high, low, close, 14, out),
    library: () => library.adx(highs, lows, 14),
  },
}

const timeMs = (work: () => unknown): number => {
  const startedMs = performance.now()
  work()
  return performance.now() - startedMs
}

const checkEqual = (name: string, ours: readonly Float64Array[], floor: readonly Float64Array[]): void => {
  floor.forEach((column, line) => {
    for (let i = 0; i < BARS; i++) {
      const [a, b] = [ours[line]?.[i] ?? Number.NaN, column[i] ?? Number.NaN]
      // Bands and MACD are differences of prices, so their digits are those of the price.
      const isEqual = Number.isNaN(a) ? Number.isNaN(b) : Math.abs(a - b) <= 1e-9 * (close[i] ?? 0)
      if (!isEqual) throw new Error(`${name}: expected the floor's ${b} at bar ${i}, was ${a}`)
    }
  })
}

const measure = async (type: string, contest: Contest) => {
  const resolved = resolveIndicator({ type, params: contest.params }, type)
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.error))
  const spec = resolved.value
  const definition = definitionOf(spec)
  const ours = definition.lines.map(() => new Float64Array(BARS))
  const floor = definition.lines.map(() => new Float64Array(BARS))
  const runOurs = () => definition.compute({ candles, source: close }, spec.params, ours)
  const runFloor = () => contest.floor(floor)
  const runAllocating = () => computeIndicator(candles, spec)
  for (let round = 0; round < WARM_UP_ROUNDS; round++) {
    for (const run of [runFloor, runOurs, runAllocating, contest.library]) run()
  }
  checkEqual(type, ours, type === 'adx' ? floor.slice(0, 1) : floor)
  const pairs = await interleave(FLOOR_ROUNDS, { floor: () => timeMs(runFloor), ours: () => timeMs(runOurs) })
  const peers = await interleave(LIBRARY_ROUNDS, {
    library: () => timeMs(contest.library),
    ours: () => timeMs(runOurs),
    allocating: () => timeMs(runAllocating),
  })
  const nsPerBar = (samples: readonly number[]): number => (median(samples) * 1e6) / BARS
  return {
    vsFloor: medianRatio(pairs.ours, pairs.floor),
    timesFasterThanNpm: medianRatio(peers.library, peers.ours),
    allocatingTimesFasterThanNpm: medianRatio(peers.library, peers.allocating),
    nsPerBar: nsPerBar(pairs.ours),
    floorNsPerBar: nsPerBar(pairs.floor),
    npmNsPerBar: nsPerBar(peers.library),
  }
}

const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)

const measured: Record<string, Awaited<ReturnType<typeof measure>>> = {}
for (const [type, contest] of Object.entries(CONTESTS)) measured[type] = await measure(type, contest)

type Figure = keyof Awaited<ReturnType<typeof measure>>
const all = (figure: Figure): number[] => Object.values(measured).map((each) => each[figure])
const each = (figure: Figure): Record<string, number> =>
  Object.fromEntries(Object.entries(measured).map(([type, figures]) => [`${type}.${figure}`, figures[figure]]))

printReport({
  name: 'indicators',
  runs: FLOOR_ROUNDS,
  figures: { bars: BARS, ...each('nsPerBar'), ...each('floorNsPerBar'), ...each('npmNsPerBar') },
  ratios: {
    geomeanVsFloor: geometricMean(all('vsFloor')),
    worstVsFloor: Math.max(...all('vsFloor')),
    timesFasterThanBestNpm: geometricMean(all('timesFasterThanNpm')),
    allocatingTimesFasterThanBestNpm: geometricMean(all('allocatingTimesFasterThanNpm')),
    ...each('vsFloor'),
    ...each('timesFasterThanNpm'),
  },
})
