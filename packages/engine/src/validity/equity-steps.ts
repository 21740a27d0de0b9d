import { err, ok, type Problem, type Result } from '../kernel/index.ts'
import { analyseCurve } from '../metrics/index.ts'

/**
 * How a step moves equity: compounded, E (1 + x) with a fraction x (sizing that follows equity); additive, E + x with
 * quote units x (fixed size).
 */
export type StepEffect = 'compounded' | 'additive'

/** What equity went through, in order. */
export interface EquitySteps {
  readonly effect: StepEffect
  readonly values: Float64Array
  /** E_0 > 0, quote units. */
  readonly startEquity: number
}

/** Realised equity before each trade; trades are taken one after the other, in their order of exit. */
export const equityBefore = (pnls: Float64Array, startEquity: number): Result<Float64Array, Problem> => {
  const before = new Float64Array(pnls.length)
  let equity = startEquity
  for (const [row, pnl] of pnls.entries()) {
    if (!(equity > 0)) {
      const path = `trades[${row}]`
      return err({ path, expected: 'equity above 0 before the trade', actual: String(equity) })
    }
    before[row] = equity
    equity += pnl
  }
  return ok(before)
}

/**
 * One step a trade, from the net profits in the order of exit. Compounded, a trade's fraction is its profit over the
 * realised equity before it, so that the original order gives the original equity; a loss of more than all is -1.
 */
export const tradeSteps = (
  pnls: Float64Array,
  startEquity: number,
  effect: StepEffect,
): Result<EquitySteps, Problem> => {
  const before = equityBefore(pnls, startEquity)
  if (!before.ok) return before
  if (effect === 'additive') return ok({ effect, values: pnls, startEquity })
  const values = pnls.map((pnl, row) => Math.max(-1, pnl / (before.value[row] as number)))
  return ok({ effect, values, startEquity })
}

export interface EquityColumns {
  /** Epoch ms UTC of the bars' opens, strictly ascending. */
  readonly time: Float64Array
  /** Quote units at the bars' closes. */
  readonly equity: Float64Array
  /** E_0 > 0, on the day before the first row. */
  readonly startEquity: number
}

/** One compounded step a UTC day: its return, 0 for a day without rows; a blown account ends with -1. */
export const dailySteps = ({ time, equity, startEquity }: EquityColumns): EquitySteps => {
  const series = { time, equity, from: 0, to: time.length, startEquity }
  return { effect: 'compounded', values: analyseCurve(series, 'day_before').returns, startEquity }
}
