import { invariant } from '../kernel/index.ts'
import type { Candles, SourceField } from '../market/index.ts'

/** One numeric parameter of an indicator; integers unless said otherwise. */
export interface IndicatorParameter {
  readonly name: string
  readonly integer: boolean
  readonly min: number
  readonly max: number
}

export type IndicatorParams = Readonly<Record<string, number>>

/** What a compute function reads: the whole bars, and the chosen source column for those that take one. */
export interface IndicatorInput {
  readonly candles: Candles
  readonly source: Float64Array
}

/** One closed bar as a streaming form reads it; `source` is the chosen field, the close where none is taken. */
export interface IndicatorBar {
  /** Open time, epoch ms. */
  readonly time: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
  readonly source: number
}

/** What a streaming form remembers between bars: JSON-safe data (finite numbers, strings, lists, records). */
export type IndicatorState = unknown

/** The streaming form: bar for bar the same doubles as the batch form. */
export interface IndicatorStream<State = IndicatorState> {
  readonly start: (params: IndicatorParams) => State
  /** Takes the next bar into `state` and writes one value per line into `out`, NaN while undefined. */
  readonly next: (state: State, bar: IndicatorBar, out: Float64Array) => void
}

const requireFinite = (bar: IndicatorBar): void => {
  const { time, open, high, low, close, volume, source } = bar
  // One look at the sum, which finite numbers could overflow, spares seven.
  if (Number.isFinite(time + open + high + low + close + volume + source)) return
  for (const [name, value] of Object.entries({ time, open, high, low, close, volume, source })) {
    invariant(Number.isFinite(value), `${name} of the bar at ${time} is a finite number, was ${value}`)
  }
}

/**
 * Keeps each indicator's own state type: callers hold a state without looking inside, only its stream reads it. The
 * stream that comes out throws at a bar with NaN or an infinity, before it changes the state.
 */
export const defineStream = <State>(stream: IndicatorStream<State>): IndicatorStream => ({
  start: stream.start,
  next: (state, bar, out) => {
    requireFinite(bar)
    stream.next(state as State, bar, out)
  },
})

/**
 * An indicator: metadata, a batch form and a streaming form. `compute` fills one preallocated column per line, aligned with the
 * input, NaN before index `lookback(params)`.
 */
export interface IndicatorDefinition {
  readonly type: string
  readonly parameters: readonly IndicatorParameter[]
  /** Line names; exactly one line named `value` means the indicator is referred to by its id alone. */
  readonly lines: readonly string[]
  /** Whether `source` may be set; the others read high, low, close and volume. */
  readonly takesSource: boolean
  /** Index of the first bar at which every line has a value. */
  readonly lookback: (params: IndicatorParams) => number
  /** Index of the first value of each line; left out where all lines start together, at `lookback`. */
  readonly lineLookbacks?: (params: IndicatorParams) => readonly number[]
  /** Bars after which a recursive indicator's seed has faded below 1e-6 relative; equals lookback otherwise. */
  readonly stabilisation: (params: IndicatorParams) => number
  readonly compute: (input: IndicatorInput, params: IndicatorParams, out: readonly Float64Array[]) => void
  readonly stream: IndicatorStream
}

/** A reference to an indicator as users write it, after defaults. */
export interface IndicatorSpec {
  readonly type: string
  readonly params: IndicatorParams
  readonly source: SourceField
}
