import type { Candles } from '../market/index.ts'
import { createCollector, type Found } from './places.ts'
import { positiveSpread, type Spread } from './spread.ts'

/** Bars whose spread is measured together: a wild week is judged by its own standards. */
const BLOCK_BARS = 200
/**
 * Deviations from the median beyond which a bar is a spike. Crypto's worst hours stay below it nearly always (about
 * one hourly bar in ten thousand does not), a misplaced decimal point never does.
 */
export const SPIKE_DEVIATIONS = 25
/** Values that the spread of a whole series is estimated from. */
const SAMPLE_VALUES = 4096

/** One way in which a bar can stand out: a ratio of two prices, 1 or more, whose logarithm is measured. */
interface Source {
  readonly ratioAt: (candles: Candles, bar: number) => number
  readonly describe: (candles: Candles, bar: number) => string
}

const percent = (fraction: number): string => `${(fraction * 100).toFixed(1)} %`

const RANGE: Source = {
  ratioAt: ({ high, low }, bar) => high[bar]! / low[bar]!,
  describe: ({ high, low }, bar) => `the high is ${percent(high[bar]! / low[bar]! - 1)} above the low`,
}
const RETURN: Source = {
  ratioAt: ({ close }, bar) => {
    const change = bar === 0 ? 1 : close[bar]! / close[bar - 1]!
    return change < 1 ? 1 / change : change
  },
  describe: ({ close }, bar) => `the close is ${percent(close[bar]! / close[bar - 1]! - 1)} from the last`,
}

/** Spread of the logarithms of every `stride`th bar of a range. */
const spreadOf = (
  candles: Candles,
  { ratioAt }: Source,
  { from, to, stride }: { readonly from: number; readonly to: number; readonly stride: number },
): Spread =>
  positiveSpread(
    Float64Array.from({ length: Math.floor((to - from) / stride) }, (_, k) =>
      Math.log(ratioAt(candles, from + k * stride)),
    ),
  )

const wholeSpread = (candles: Candles, source: Source): Spread => {
  const to = candles.time.length
  return spreadOf(candles, source, { from: 0, to, stride: Math.max(1, Math.ceil(to / SAMPLE_VALUES)) })
}

const blockSpread = (candles: Candles, source: Source, bar: number): Spread => {
  const from = bar - (bar % BLOCK_BARS)
  const to = Math.min(from + BLOCK_BARS, candles.time.length)
  return spreadOf(candles, source, { from, to, stride: 1 })
}

interface Spike {
  readonly deviations: number
  readonly source: Source
}

/**
 * A calm block is judged by the whole series, so that its ordinary moves do not stand out; therefore only a bar that
 * is wild for the whole series asks for the spread of its block.
 */
const collectSpikes = (spikes: Map<number, Spike>, candles: Candles, source: Source): void => {
  const whole = wholeSpread(candles, source)
  if (whole.deviation === 0) return
  const limit = Math.exp(whole.median + SPIKE_DEVIATIONS * whole.deviation)
  for (let bar = 0; bar < candles.time.length; bar++) {
    const ratio = source.ratioAt(candles, bar)
    if (!(ratio > limit)) continue
    const block = blockSpread(candles, source, bar)
    const deviation = Math.max(block.deviation, whole.deviation)
    const deviations = (Math.log(ratio) - Math.max(block.median, whole.median)) / deviation
    const known = spikes.get(bar)?.deviations ?? SPIKE_DEVIATIONS
    if (deviations > known) spikes.set(bar, { deviations, source })
  }
}

/** Bars whose range or return stands far out; one that does both is named by what stands out more. */
export const findSpikes = (candles: Candles): Found => {
  const spikes = new Map<number, Spike>()
  for (const source of [RANGE, RETURN]) collectSpikes(spikes, candles, source)
  const collector = createCollector(candles)
  for (const [bar, { source, deviations }] of [...spikes].toSorted(([a], [b]) => a - b)) {
    collector.add(
      bar,
      1,
      () => `${source.describe(candles, bar)}, ${deviations.toFixed(0)} deviations beyond the median`,
    )
  }
  return collector.found()
}
