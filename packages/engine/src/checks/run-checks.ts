import type { BacktestConfig } from '../backtest/index.ts'
import { barLengthMs, type Candles, sliceCandles } from '../market/index.ts'
import { type Program, settledFrom } from '../strategy/index.ts'
import { checkData } from './data-check.ts'
import type { RunChecks } from './findings.ts'
import { checkLookahead } from './lookahead.ts'
import { gravest } from './verdict.ts'
import { checkWarmup } from './warmup.ts'

export interface RunChecksInput {
  readonly program: Program
  readonly candles: Candles
  readonly config: BacktestConfig
  /** Length of a bar, where the candles do not tell it. */
  readonly barMs?: number | undefined
}

/** Bars of the rules' checks: what an indicator does wrong it does wrong in the first years, too. */
const MAX_BARS = 10_000
/** On a higher timeframe warm-up alone may take longer; then this many times that, up to a limit. */
const WARMUP_FACTOR = 8
const MAX_WARMUP_BARS = 200_000
/** And enough bars beyond the warm-up that something happens in them. */
const LOOKAHEAD_FACTOR = 2
const MAX_LOOKAHEAD_BARS = 40_000
const MAX_CUTS = 12
const STARTS = 3

/** All checks within a budget that a single backtest does not notice: the data whole, the rules on their first bars. */
export const runChecks = ({ program, candles, config, ...rest }: RunChecksInput): RunChecks => {
  const barMs = rest.barMs ?? barLengthMs(candles)
  const rows = config.rows ?? candles.time.length
  const data = checkData(sliceCandles(candles, 0, rows))
  const settled = settledFrom(program, barMs)
  const barsFor = (factor: number, most: number): number =>
    Math.max(MAX_BARS, Math.min(factor * settled, most))
  const input = { program, candles, config, barMs }
  const warmup = checkWarmup({
    ...input,
    maxBars: barsFor(WARMUP_FACTOR, MAX_WARMUP_BARS),
    starts: STARTS,
  })
  const lookahead = checkLookahead({
    ...input,
    maxBars: barsFor(LOOKAHEAD_FACTOR, MAX_LOOKAHEAD_BARS),
    maxCuts: MAX_CUTS,
  })
  return {
    verdict: gravest([data.verdict, warmup.verdict, lookahead.verdict]),
    data,
    warmup,
    lookahead,
  }
}
