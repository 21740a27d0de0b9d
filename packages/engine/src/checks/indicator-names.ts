import { definitionOf } from '../indicators/index.ts'
import { indicatorKey, type Program } from '../strategy/index.ts'

/** An indicator of a program as users know it. */
export interface NamedIndicator {
  /** Ids that share it, in the order of the strategy. */
  readonly ids: readonly string[]
  /** `ema(20)@close`; equal keys mean equal values. */
  readonly key: string
  /** What each line is called in a rule: `fast`, or `macd.signal`. */
  readonly lines: readonly string[]
}

/** In the order of `program.indicators`. */
export const namedIndicators = (program: Program): readonly NamedIndicator[] =>
  program.indicators.map((indicator, index) => {
    const ids = [...program.indicatorById].filter(([, at]) => at === index).map(([id]) => id)
    const { lines } = definitionOf(indicator)
    const id = ids[0] ?? indicator.type
    return {
      ids,
      key: indicatorKey(indicator),
      lines: lines.map((line) => (lines.length === 1 ? id : `${id}.${line}`)),
    }
  })
