import type { BacktestReportJson } from '@botcriptofy/contracts/backtest'
import type { BacktestHistory } from '@botcriptofy/contracts/montecarlo'
import { BadInput } from '../failure.ts'

const TIME_MAX_MS = 8_640_000_000_000_000
const DAY_MS = 86_400_000
const LONGEST_DAYS = 36_525
/** Twelve digits take the rounding of the quotient off. */
const CAPITAL_DIGITS = 12

/** A result of `botcriptofy backtest --json`, and the file that messages name. */
export interface ResultFile {
  readonly path: string
  readonly report: BacktestReportJson
}

/** E_0, which the result does not print: the final equity over what it grew by. */
export const startEquityOf = ({ path, report }: ResultFile): number => {
  const growth = 1 + (report.metrics.totalReturn ?? -1)
  const capital = Number((report.finalEquity / growth).toPrecision(CAPITAL_DIGITS))
  if (capital > 0 && Number.isFinite(capital)) return capital
  throw new BadInput(
    `${path}: finalEquity: expected an account that was not blown, was ${report.finalEquity}`,
  )
}

const timeProblem = (times: readonly number[]): string | undefined => {
  let previous = -Infinity
  for (const [row, time] of times.entries()) {
    const at = `equity[${row}][0]: expected`
    if (!Number.isInteger(time) || Math.abs(time) > TIME_MAX_MS) {
      return `${at} whole epoch milliseconds, was ${time}`
    }
    if (time <= previous) return `${at} a time after ${previous}, was ${time}`
    previous = time
  }
  const days = (previous - (times[0] ?? previous)) / DAY_MS
  return days > LONGEST_DAYS ? `equity: expected at most ${LONGEST_DAYS} days, was ${days}` : undefined
}

/** Equity at the closes; it is there when `--equity` was given. */
export const curveOf = ({ path, report }: ResultFile): NonNullable<BacktestHistory['curve']> => {
  const { equity } = report
  if (equity === undefined || equity.length === 0) {
    throw new BadInput(`${path}: equity: expected the equity of each bar (backtest --equity), was missing`)
  }
  const problem = timeProblem(equity.map(([time]) => time))
  if (problem !== undefined) throw new BadInput(`${path}: ${problem}`)
  return {
    time: Float64Array.from(equity, ([time]) => time),
    equity: Float64Array.from(equity, ([, value]) => value),
  }
}
