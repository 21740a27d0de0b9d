import type { BacktestConfig } from '../backtest/index.ts'
import { definitionOf, lineLookbacks } from '../indicators/index.ts'
import { barLengthMs, type Candles, sliceCandles } from '../market/index.ts'
import {
  createSeriesColumns,
  ENTRY_LONG,
  ENTRY_SHORT,
  evaluateSignals,
  firstSignalBarOn,
  type Program,
  type SeriesColumns,
  type WarmupLengths,
  warmupLengths,
} from '../strategy/index.ts'
import type { IndicatorWarmup, WarmupCheck } from './findings.ts'
import { type NamedIndicator, namedIndicators } from './indicator-names.ts'
import { ruleReach } from './rule-reach.ts'
import { measureSettling, type Settling } from './settling.ts'
import { gravest, type Verdict } from './verdict.ts'

export interface WarmupInput {
  readonly program: Program
  readonly candles: Candles
  readonly config: BacktestConfig
  /** Histories to start late, for each indicator. */
  readonly starts?: number | undefined
  /** Longer series are judged by their first bars. */
  readonly maxBars?: number | undefined
  /** Length of a bar, where the candles do not tell it. */
  readonly barMs?: number | undefined
  /** Told after every indicator. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

const DEFAULT_STARTS = 8
const TOLERANCE = 1e-6
/** Bars that a late history gets at least: what settles with the day (VWAP) does so within, in bars of a minute. */
const LEAST_WINDOW = 5000
/** And as a multiple of what the indicator publishes. */
const WINDOW_FACTOR = 4

type Indicator = Program['indicators'][number]

/** Whether every line has its first value where its definition says; with a higher timeframe the candles decide. */
const startsAsPublished = (
  indicator: Indicator,
  lines: readonly Float64Array[],
  barMs: number | undefined,
): boolean => {
  if (indicator.timeframeMs !== undefined && indicator.timeframeMs !== barMs) return true
  const lookbacks = lineLookbacks(definitionOf(indicator), indicator.params)
  return lines.every((line, at) => {
    const first = line.findIndex((value) => !Number.isNaN(value))
    return first === -1 ? line.length <= lookbacks[at]! : first === lookbacks[at]
  })
}

interface Judged {
  readonly verdict: Verdict
  readonly text: string
}

interface Evidence {
  readonly settling: Settling
  /** Length of the late histories. */
  readonly window: number
  readonly bars: number
}

const judge = ({ lookback, published }: WarmupLengths, { settling, window, bars }: Evidence): Judged => {
  if (bars <= lookback)
    return { verdict: 'fail', text: `no value: ${bars === 1 ? '1 bar is' : `${bars} bars are`} too few` }
  const { bars: measured, starts } = settling
  if (starts === 0) return { verdict: 'warn', text: 'too few bars to start a second history' }
  if (measured === null && window < 2 * published) {
    return { verdict: 'warn', text: `not settled after ${window} bars, ${published} are published` }
  }
  if (measured === null) {
    return { verdict: 'warn', text: 'never settles: its values depend on where the history starts' }
  }
  if (measured > published) {
    return { verdict: 'warn', text: `settles after ${measured} bars, although ${published} are published` }
  }
  return {
    verdict: 'pass',
    text: measured === 0 ? 'settled from the start' : `settles after ${measured} bars`,
  }
}

interface Context {
  readonly input: WarmupInput
  readonly candles: Candles
  readonly series: SeriesColumns
}

const warmupOf = (
  indicator: Indicator,
  { ids, key }: NamedIndicator,
  { input, candles, series }: Context,
): IndicatorWarmup => {
  const { barMs } = series
  const lengths = warmupLengths(indicator, barMs)
  const whole = series.linesOf(indicator)
  const window = Math.min(Math.max(LEAST_WINDOW, WINDOW_FACTOR * lengths.published), series.bars >> 1)
  const settling = measureSettling({
    candles,
    whole,
    linesOn: (late) => createSeriesColumns(late, { barMs }).linesOf(indicator),
    window,
    starts: input.starts ?? DEFAULT_STARTS,
    tolerance: TOLERANCE,
  })
  const judged: Judged = startsAsPublished(indicator, whole, barMs)
    ? judge(lengths, { settling, window, bars: series.bars })
    : { verdict: 'fail', text: `has its first value not at its lookback of ${lengths.lookback}` }
  return {
    ids,
    indicator: key,
    verdict: judged.verdict,
    lookback: lengths.lookback,
    published: lengths.published,
    measured: settling.bars,
    starts: settling.starts,
    text: judged.text,
  }
}

/** What was measured on this series counts, where something was. */
const settledAt = ({ published, measured }: IndicatorWarmup): number => measured ?? published

const countEntries = (
  program: Program,
  series: SeriesColumns,
  range: { from: number; to: number },
): number => {
  const flags = evaluateSignals(program, series)
  let count = 0
  for (let bar = range.from; bar < Math.min(range.to, series.bars - 1); bar++) {
    if ((flags.bytes[bar]! & (ENTRY_LONG | ENTRY_SHORT)) !== 0) count++
  }
  series.giveBackFlags(flags)
  return count
}

const bars = (count: number): string => `${count} bar${count === 1 ? '' : 's'}`

const howKnown = ({ indicators }: Pick<WarmupCheck, 'indicators'>): string =>
  indicators.every(({ measured }) => measured !== null)
    ? ''
    : ' by what is published; not all could be measured'

const textOf = ({
  recommendedSignalsFromBar: from,
  unsettledEntrySignals: count,
  ...check
}: Omit<WarmupCheck, 'text' | 'verdict'>) => {
  if (from >= check.bars)
    return `the warm-up of ${bars(from)} is longer than the series of ${bars(check.bars)}`
  if (count === 0 && check.indicators.length === 0) return 'the rules use no indicator that has to settle'
  if (count === 0) return `no entry signal before bar ${from}, where everything has settled${howKnown(check)}`
  const signals = count === 1 ? '1 entry signal' : `${count} entry signals`
  return `${signals} between bar ${check.firstSignalBar} and bar ${from}, where values have not settled: set signalsFromBar to ${from}`
}

const verdictOf = (check: Omit<WarmupCheck, 'text' | 'verdict'>): Verdict => {
  if (check.recommendedSignalsFromBar >= check.bars && check.indicators.length > 0) return 'fail'
  return check.unsettledEntrySignals > 0 ? 'warn' : 'pass'
}

/**
 * Measures how much history each indicator needs until its values no longer depend on where the history starts, and
 * says from which bar on signals should be taken.
 */
export const checkWarmup = (input: WarmupInput): WarmupCheck => {
  const { program, config, onProgress } = input
  const barMs = input.barMs ?? barLengthMs(input.candles)
  const rows = Math.min(config.rows ?? Infinity, input.maxBars ?? Infinity, input.candles.time.length)
  const candles = sliceCandles(input.candles, 0, rows)
  const series = createSeriesColumns(candles, { barMs })
  const names = namedIndicators(program)
  const indicators = program.indicators.map((indicator, index) => {
    const found = warmupOf(indicator, names[index]!, { input, candles, series })
    onProgress?.(index + 1, names.length)
    return found
  })
  const firstSignalBar = Math.min(Math.max(firstSignalBarOn(program, series), config.signalsFromBar), rows)
  const settled = Math.max(0, ...indicators.map(settledAt))
  const recommendedSignalsFromBar = Math.max(firstSignalBar, settled === 0 ? 0 : settled + ruleReach(program))
  const found = {
    bars: rows,
    tolerance: TOLERANCE,
    indicators,
    firstSignalBar,
    recommendedSignalsFromBar,
    unsettledEntrySignals: countEntries(program, series, {
      from: firstSignalBar,
      to: recommendedSignalsFromBar,
    }),
  }
  return {
    verdict: gravest([verdictOf(found), ...indicators.map(({ verdict }) => verdict)]),
    ...found,
    text: textOf(found),
  }
}
