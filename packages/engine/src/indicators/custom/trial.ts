import { type Candles, sliceCandles, type SourceField } from '../../market/index.ts'
import type { IndicatorBar, IndicatorDefinition, IndicatorParams } from '../definition.ts'
import { lineLookbacks } from '../warm-up.ts'
import { TEST_SERIES } from './series.ts'

/** What is wrong with a part of a definition (`compute`, `stream`, …), worded as a `Problem` is. */
export interface Fault {
  readonly part: string
  readonly expected: string
  readonly actual: string
}

/** A definition on one series with one set of parameters. */
export interface Trial {
  readonly definition: IndicatorDefinition
  readonly params: IndicatorParams
  readonly candles: Candles
  readonly source: SourceField
  /** Index of the first value of each line. */
  readonly first: readonly number[]
  /** Series and parameters, for messages. */
  readonly label: string
}

/** Runs foreign code; what it throws is a fault of `part`. */
export const guarded = (part: string, check: () => Fault | undefined): Fault | undefined => {
  try {
    return check()
  } catch (error) {
    const actual = (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).replaceAll(
      /\s+/g,
      ' ',
    )
    return { part, expected: 'no exception', actual }
  }
}

/** The smallest parameters, and two sets above them whose order differs (a fast period above the slow one). */
const parameterSets = ({ parameters }: IndicatorDefinition): readonly IndicatorParams[] => {
  const raised = (raise: (position: number) => number): IndicatorParams =>
    Object.fromEntries(
      parameters.map(({ name, integer, min, max }, position) => {
        const value = Math.min(max, min + raise(position))
        return [name, integer ? Math.floor(value) : value]
      }),
    )
  const sets = [
    raised(() => 0),
    raised((position) => 2.5 + 3 * position),
    raised((position) => Math.max(1, 14.25 - 4 * position)),
  ]
  return parameters.length === 0 ? sets.slice(0, 1) : sets
}

/** The longest warm-up that small parameters may have: a trial must hold it twice. */
const LOOKBACK_MAX = 20_000
const BARS_MIN = 300

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0

/** What is wrong with the lengths a definition states for these parameters. */
export const lengthFault = (
  definition: IndicatorDefinition,
  params: IndicatorParams,
  lookbackMax: number = Number.MAX_SAFE_INTEGER,
): Fault | undefined => {
  const text = JSON.stringify(params)
  const lookback: unknown = definition.lookback(params)
  if (!isCount(lookback) || lookback > lookbackMax) {
    const expected = `a whole number of bars from 0 to ${lookbackMax} with ${text}`
    return { part: 'lookback', expected, actual: String(lookback) }
  }
  const first: readonly unknown[] = lineLookbacks(definition, params)
  if (first.length !== definition.lines.length || !first.every(isCount) || Math.max(...first) !== lookback) {
    const expected = `a whole number of bars a line, the largest ${lookback} with ${text}`
    return { part: 'lineLookbacks', expected, actual: JSON.stringify(first) }
  }
  const stabilisation: unknown = definition.stabilisation(params)
  if (isCount(stabilisation) && stabilisation >= lookback) return undefined
  const expected = `a whole number of bars from the lookback (${lookback}) on with ${text}`
  return { part: 'stabilisation', expected, actual: String(stabilisation) }
}

/** The first fault in the lengths a definition states, over all sets of parameters. */
export const lengthsFault = (definition: IndicatorDefinition): Fault | undefined => {
  for (const params of parameterSets(definition)) {
    const fault = lengthFault(definition, params, LOOKBACK_MAX)
    if (fault !== undefined) return fault
  }
  return undefined
}

/** Every set of parameters on every series; `lengthsFault` has found nothing. */
export const trialsOf = (definition: IndicatorDefinition): readonly Trial[] =>
  parameterSets(definition).flatMap((params) =>
    TEST_SERIES.map(({ name, candlesOf }): Trial => ({
      definition,
      params,
      candles: candlesOf(Math.max(BARS_MIN, 2 * definition.lookback(params) + 100)),
      source: definition.takesSource ? 'high' : 'close',
      first: lineLookbacks(definition, params),
      label: `(${name}, ${JSON.stringify(params)})`,
    })),
  )

export const shortened = (trial: Trial, bars: number): Trial => ({
  ...trial,
  candles: sliceCandles(trial.candles, 0, bars),
})

export const barOf = ({ candles, source }: Trial, i: number): IndicatorBar => ({
  time: candles.time[i]!,
  open: candles.open[i]!,
  high: candles.high[i]!,
  low: candles.low[i]!,
  close: candles.close[i]!,
  volume: candles.volume[i]!,
  source: candles[source][i]!,
})

/** The first bar below `bars` at which two columns differ in any bit, or -1. */
export const firstDifference = (a: Float64Array, b: Float64Array, bars: number): number => {
  for (let i = 0; i < bars; i++) if (!Object.is(a[i], b[i])) return i
  return -1
}
