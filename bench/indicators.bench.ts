// The platform's eight indicators over a million bars: ours against the hand-written loops of kernels.mjs, and against
// the fastest library on npm. Ours and the floor write into the same outputs, allocated before. The library has no such
// form and returns arrays of its own, so `computeIndicator`, which allocates too, is measured against it as well. ADX is
// not evened out: ours writes three lines, the floor and the library one.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { computeIndicator, definitionOf, resolveIndicator } from '@botcriptofy/engine/indicators'
import type { Candles } from '@botcriptofy/engine/market'
import { IndicatorsSync } from '@ixjb94/indicators'
import { interleave, median, medianRatio, printReport } from './bench-output.ts'
import { ohlcv } from './data.mjs'
import * as floors from './kernels.mjs'

const BARS = 1_000_000
const WARM_UP_ROUNDS = 4
const FLOOR_ROUNDS = 21
const LIBRARY_ROUNDS = 9

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
  readonly floor: (out: readonly Float64Array[]) => void
  /** How many of our lines the floor writes, the first ones. */
  readonly floorLines: number
  readonly library: () => unknown
}

const CONTESTS: Readonly<Record<string, Contest>> = {
  sma: {
    params: { period: 20 },
    floor: ([out]) => floors.sma(close, 20, out),
    floorLines: 1,
    library: () => library.sma(closes, 20),
  },
  ema: {
    params: { period: 20 },
    floor: ([out]) => floors.ema(close, 20, out),
    floorLines: 1,
    library: () => library.ema(closes, 20),
  },
  rsi: {
    params: { period: 14 },
    floor: ([out]) => floors.rsi(close, 14, out),
    floorLines: 1,
    library: () => library.rsi(closes, 14),
  },
  macd: {
    params: { fast: 12, slow: 26, signal: 9 },
    floor: ([macd, signal, histogram]) => floors.macd(close, 12, 26, 9, macd, signal, histogram),
    floorLines: 3,
    library: () => library.macd(closes, 12, 26, 9),
  },
  bbands: {
    params: { period: 20, stdDev: 2 },
    floor: ([upper, middle, lower]) => floors.bbands(close, 20, 2, upper, middle, lower),
    floorLines: 3,
    library: () => library.bbands(closes, 20, 2),
  },
  stoch: {
    params: { kPeriod: 14, kSmooth: 3, dPeriod: 3 },
    floor: ([k, d]) => floors.stoch(high, low, close, 14, 3, 3, k, d),
    floorLines: 2,
    library: () => library.stoch(highs, lows, closes, 14, 3, 3),
  },
  atr: {
    params: { period: 14 },
    floor: ([out]) => floors.atr(high, low, close, 14, out),
    floorLines: 1,
    library: () => library.atr(highs, lows, closes, 14),
  },
  adx: {
    params: { period: 14 },
    floor: ([out]) => floors.adx(high, low, close, 14, out),
    floorLines: 1,
    library: () => library.adx(highs, lows, 14),
  },
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const timeMs = (work: () => unknown): number => {
  const startedMs = performance.now()
  work()
  return performance.now() - startedMs
}

/** What a run before has left behind is collected first, or it would be collected beside this one. */
const timeAloneMs = (work: () => unknown): number => {
  collectGarbage()
  return timeMs(work)
}

/** Bands and MACD are differences of prices, so their digits are those of the price. */
const checkEqual = (type: string, ours: readonly Float64Array[], floor: readonly Float64Array[]): void => {
  const isOfPrice = ['macd', 'bbands'].includes(type)
  floor.forEach((expected, line) => {
    const actual = ours[line]
    const bar = expected.findIndex((value, i) => {
      const scale = isOfPrice ? (close[i] ?? 0) : Math.max(1, Math.abs(value))
      return !Object.is(value, actual?.[i]) && !(Math.abs(value - (actual?.[i] ?? 0)) <= 1e-9 * scale)
    })
    if (bar < 0) return
    throw new Error(`${type}: expected the floor's ${expected[bar]} at bar ${bar}, was ${actual?.[bar]}`)
  })
}

const measure = async (type: string, contest: Contest) => {
  const resolved = resolveIndicator({ type, params: contest.params }, type)
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.error))
  const spec = resolved.value
  const definition = definitionOf(spec)
  const out = definition.lines.map(() => new Float64Array(BARS))
  const ours = () => definition.compute({ candles, source: close }, spec.params, out)
  const floor = () => contest.floor(out)
  const allocating = () => computeIndicator(candles, spec)
  for (let round = 0; round < WARM_UP_ROUNDS; round++) {
    for (const run of [floor, ours, allocating, contest.library]) run()
  }
  floor()
  checkEqual(
    type,
    allocating(),
    out.slice(0, contest.floorLines).map((line) => line.slice()),
  )
  const pairs = await interleave(FLOOR_ROUNDS, { floor: () => timeMs(floor), ours: () => timeMs(ours) })
  const peers = await interleave(LIBRARY_ROUNDS, {
    library: () => timeAloneMs(contest.library),
    ours: () => timeAloneMs(ours),
    allocating: () => timeAloneMs(allocating),
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
  Object.fromEntries(
    Object.entries(measured).map(([type, figures]) => [`${type}.${figure}`, figures[figure]]),
  )

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
