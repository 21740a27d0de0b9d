import { err, ok, type Problem, type Random, type Result, seededRandom } from '../kernel/index.ts'
import type { Candles } from '../market/index.ts'
import { equityBefore, type StepEffect } from './equity-steps.ts'
import { drawdownsOf, type MonteCarloOptions, monteCarloProblems } from './monte-carlo.ts'
import { type MonteCarloResult, simulatePaths } from './simulated-paths.ts'

/** What of a trade row is looked at; money is in quote units, prices are those of the fills. */
export interface FilledTrade {
  readonly side: 'long' | 'short'
  readonly entryIndex: number
  readonly entryPrice: number
  readonly exitIndex: number
  readonly exitPrice: number
  readonly quantity: number
  readonly fees: number
  readonly pnl: number
  /** All fills, where there are more than two. */
  readonly fills?:
    | readonly {
        readonly leg: 'entry' | 'exit'
        readonly index: number
        readonly price: number
        readonly quantity: number
        readonly fee: number
      }[]
    | undefined
}

/**
 * What happens to each fill. `slippage`: its price moves against the trader by u * upTo of itself, u uniform in
 * [0, 1), on top of the slippage that it has. `range`: it is drawn uniformly between the low and the high of its bar,
 * in place of the price and the slippage that it had.
 */
export type FillNoise =
  | { readonly kind: 'slippage'; readonly upTo: number }
  | { readonly kind: 'range'; readonly candles: Pick<Candles, 'high' | 'low'> }

export interface RandomisedFillsInput extends MonteCarloOptions {
  /** In the order of exit. */
  readonly trades: readonly FilledTrade[]
  readonly startEquity: number
  readonly effect: StepEffect
  readonly noise: FillNoise
}

interface Leg {
  /** +1 a purchase, -1 a sale. */
  readonly direction: 1 | -1
  readonly index: number
  readonly price: number
  readonly quantity: number
  readonly fee: number
}

/** Without a list of fills there are two, which share the fees by what they are worth. */
const legsOf = (trade: FilledTrade): readonly Leg[] => {
  const { side, entryIndex, entryPrice, exitIndex, exitPrice, quantity, fees, fills } = trade
  const opening = side === 'long' ? 1 : -1
  if (fills !== undefined) {
    return fills.map(({ leg, ...fill }) => ({
      ...fill,
      direction: leg === 'entry' ? opening : (-opening as 1 | -1),
    }))
  }
  const entryFee = (fees * entryPrice) / (entryPrice + exitPrice)
  return [
    { direction: opening, index: entryIndex, price: entryPrice, quantity, fee: entryFee },
    { direction: -opening as 1 | -1, index: exitIndex, price: exitPrice, quantity, fee: fees - entryFee },
  ]
}

const drawPrice = ({ direction, price, index }: Leg, noise: FillNoise, random: Random): number => {
  if (noise.kind === 'slippage') return price * (1 + direction * noise.upTo * random())
  const low = noise.candles.low[index] as number
  return low + ((noise.candles.high[index] as number) - low) * random()
}

/** What the other price takes from the profit; the fee follows the price. */
const lossOf = (leg: Leg, price: number): number =>
  leg.direction * leg.quantity * (price - leg.price) + leg.fee * (price / leg.price - 1)

const legProblem = (leg: Leg, noise: FillNoise): Omit<Problem, 'path'> | undefined => {
  if (!(leg.price > 0)) return { expected: 'fills at prices above 0', actual: String(leg.price) }
  const bars = noise.kind === 'range' ? noise.candles.low.length : Infinity
  if (leg.index < bars) return undefined
  return { expected: `fills in the ${bars} bars of the candles`, actual: `one in bar ${leg.index}` }
}

const fillProblems = (trades: readonly (readonly Leg[])[], noise: FillNoise): readonly Problem[] => {
  if (noise.kind === 'slippage' && !(noise.upTo > 0 && noise.upTo < 1)) {
    return [{ path: 'noise.upTo', expected: 'a fraction between 0 and 1', actual: String(noise.upTo) }]
  }
  for (const [row, legs] of trades.entries()) {
    for (const leg of legs) {
      const problem = legProblem(leg, noise)
      if (problem !== undefined) return [{ path: `trades[${row}]`, ...problem }]
    }
  }
  return []
}

/**
 * Runs the same trades with other fill prices. Entries, exits and quantities stay; a trade's profit changes by
 * quantity times the change of price, and its fees in proportion to the price. A path compounds profit over the
 * realised equity that the trade had before it, or adds the profits up (`effect`). Signals that another price would
 * have changed, such as a stop measured from the entry, are not taken again.
 */
export const randomisedFills = (
  input: RandomisedFillsInput,
): Result<MonteCarloResult, readonly Problem[]> => {
  const { trades, startEquity, effect, noise, runs, seed } = input
  const problems = monteCarloProblems({ ...input, steps: trades.length })
  if (problems.length > 0) return err(problems)
  const legs = trades.map(legsOf)
  const unusable = fillProblems(legs, noise)
  if (unusable.length > 0) return err(unusable)
  const pnls = Float64Array.from(trades, ({ pnl }) => pnl)
  const before = equityBefore(pnls, startEquity)
  if (!before.ok) return err([before.error])
  const stepOf = (pnl: number, row: number): number =>
    effect === 'additive' ? pnl : pnl / (before.value[row] as number)
  const random = seededRandom(seed)
  const drawSteps = (values: Float64Array): void => {
    for (const [row, fills] of legs.entries()) {
      let pnl = pnls[row] as number
      for (const leg of fills) pnl -= lossOf(leg, drawPrice(leg, noise, random))
      values[row] = stepOf(pnl, row)
    }
  }
  const observed = pnls.map(stepOf)
  const drawdowns = drawdownsOf(input)
  return ok(simulatePaths({ startEquity, effect, observed, runs, drawSteps, drawdowns }))
}
