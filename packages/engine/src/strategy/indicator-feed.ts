import { definitionOf, type IndicatorBar, type IndicatorState } from '../indicators/index.ts'
import { invariant } from '../kernel/index.ts'
import { barOpenAt } from '../market/index.ts'
import type { IndicatorPlan } from './program.ts'

/** One closed bar; `time` is its open, epoch ms. */
export type Bar = Omit<IndicatorBar, 'source'>

/** A longer bar that is still open. */
type OpenBar = { -readonly [Field in keyof Bar]: Bar[Field] }

/** An indicator between two bars: JSON-safe data. */
export interface IndicatorFeedState {
  readonly stream: IndicatorState
  /** The newest value of each line; null while undefined. */
  readonly lines: (number | null)[]
  /** The longer bar that is being made; null for an indicator on the candles themselves. */
  open: OpenBar | null
}

/** The streaming form of an indicator of a program. */
export interface IndicatorFeed {
  readonly start: () => IndicatorFeedState
  readonly next: (state: IndicatorFeedState, bar: Bar) => void
}

/** Written out, since a spread costs more than most indicators. */
const withSource = ({ time, open, high, low, close, volume }: Bar, source: number): IndicatorBar => ({
  time,
  open,
  high,
  low,
  close,
  volume,
  source,
})

const merge = (open: OpenBar, { high, low, close, volume }: Bar): void => {
  if (high > open.high) open.high = high
  if (low < open.low) open.low = low
  open.close = close
  open.volume += volume
}

/** Bars of `barMs` in, values of the indicator out, on longer bars where it has a timeframe. */
export const createIndicatorFeed = (indicator: IndicatorPlan, barMs: number): IndicatorFeed => {
  const { stream, takesSource, lines } = definitionOf(indicator)
  const { params, timeframeMs = barMs } = indicator
  const source = takesSource ? indicator.source : 'close'
  invariant(timeframeMs % barMs === 0, 'a timeframe is a whole multiple of the bar length')
  const out = new Float64Array(lines.length)
  const take = (state: IndicatorFeedState, bar: Bar): void => {
    stream.next(state.stream, withSource(bar, bar[source]), out)
    for (let line = 0; line < out.length; line++) {
      const value = out[line]!
      state.lines[line] = Number.isNaN(value) ? null : value
    }
  }
  const takeLonger = (state: IndicatorFeedState, bar: Bar): void => {
    // A gap can hold the close of the bar that was open before it.
    if (state.open !== null && bar.time >= state.open.time + timeframeMs) {
      take(state, state.open)
      state.open = null
    }
    if (state.open === null) state.open = { ...bar, time: barOpenAt(bar.time, timeframeMs) }
    else merge(state.open, bar)
    if (state.open.time + timeframeMs > bar.time + barMs) return
    take(state, state.open)
    state.open = null
  }
  return {
    start: () => ({ stream: stream.start(params), lines: lines.map(() => null), open: null }),
    next: timeframeMs === barMs ? take : takeLonger,
  }
}
