import type { Verdict } from './verdict.ts'

export const DATA_FINDING_CODES = [
  /** Bars that the bar length asks for and the series lacks. */
  'GAPS',
  /** Bars whose open is no whole number of bars after the one before. */
  'ODD_STEPS',
  /** Bars that repeat the one before in every price and in volume, while something moved in it. */
  'DUPLICATE_BARS',
  /** Bars whose range or return is far beyond that of the bars around them. */
  'SPIKES',
  /** Bars without volume. */
  'ZERO_VOLUME',
  /** Runs of bars that stand at one single price. */
  'FLAT_RUNS',
] as const
export type DataFindingCode = (typeof DATA_FINDING_CODES)[number]

/** Where something was seen. */
export interface DataPlace {
  readonly bar: number
  /** Open of the bar, epoch ms. */
  readonly timeMs: number
  /** What was seen there, with its numbers. */
  readonly detail: string
}

export interface DataFinding {
  readonly code: DataFindingCode
  readonly verdict: Verdict
  /** Bars concerned; missing bars for gaps. */
  readonly count: number
  /** `count` over the bars of the series, the missing ones included for gaps. */
  readonly share: number
  /** A share above this warns, and one above `failAbove` fails. */
  readonly warnAbove: number
  readonly failAbove: number
  /** One sentence with the numbers. */
  readonly text: string
  /** The first few. */
  readonly places: readonly DataPlace[]
}

export interface DataCheck {
  readonly verdict: Verdict
  readonly bars: number
  /** Opens of the first and the last bar, epoch ms; null without bars. */
  readonly fromMs: number | null
  readonly toMs: number | null
  /** The most frequent step between two opens; null below two bars. */
  readonly barMs: number | null
  /** One for each code, in their order, found or not. */
  readonly findings: readonly DataFinding[]
}

/** How long one indicator remembers the start of its history. Bars are indexes: 0 is the first bar of the history. */
export interface IndicatorWarmup {
  /** Ids of the strategy that share the indicator. */
  readonly ids: readonly string[]
  /** `ema(20)@close`. */
  readonly indicator: string
  readonly verdict: Verdict
  /** First bar with a value. */
  readonly lookback: number
  /** First bar whose value is settled, as the indicator says itself. */
  readonly published: number
  /** First bar from which all values agree with those of the whole history; null when they never do. */
  readonly measured: number | null
  /** Histories that were started late and compared with the whole one. */
  readonly starts: number
  readonly text: string
}

export interface WarmupCheck {
  readonly verdict: Verdict
  readonly bars: number
  /** Agreement asked for, relative to the size of the values. */
  readonly tolerance: number
  readonly indicators: readonly IndicatorWarmup[]
  /** First bar that may signal in the run as it is configured; `bars` when there is none. */
  readonly firstSignalBar: number
  /** Set this as `signalsFromBar`: from here on nothing depends on where the history starts. */
  readonly recommendedSignalsFromBar: number
  /** Bars before the recommended one whose close gives an entry signal. */
  readonly unsettledEntrySignals: number
  readonly text: string
}

/** Causes before effects. */
export const LOOKAHEAD_SUBJECTS = ['indicator', 'signal', 'trade', 'equity'] as const

/** A value that changed once the bars after `cut` were taken away: it was made from the future. */
export interface LookaheadDifference {
  readonly subject: (typeof LOOKAHEAD_SUBJECTS)[number]
  /** `fast (sma(10)@close)`, `macd.signal (macd(12,26,9)@close)`, `entry.long`, `trades`, `equity`. */
  readonly name: string
  /** First bar that differs. */
  readonly bar: number
  readonly timeMs: number
  /** Bars that the truncated run could see; `bar` is below it. */
  readonly cut: number
  readonly whole: string
  readonly truncated: string
  /** Bars (of a trade: trades) that differ, over all cuts. */
  readonly count: number
}

export interface LookaheadCheck {
  readonly verdict: Verdict
  /** Bars of the whole run, which may be the first part of a longer series. */
  readonly bars: number
  /** Lengths of the truncated runs, ascending. */
  readonly cuts: readonly number[]
  /** Values compared: indicator lines, signals and equity, bar by bar and cut by cut. */
  readonly comparedValues: number
  /** One for each name that differs, causes before effects. */
  readonly differences: readonly LookaheadDifference[]
  readonly text: string
}

/** What is looked at before the first backtest of a strategy on a dataset. */
export interface RunChecks {
  readonly verdict: Verdict
  readonly data: DataCheck
  readonly warmup: WarmupCheck
  readonly lookahead: LookaheadCheck
}
