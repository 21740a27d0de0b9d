import type { TradeLog } from '../positions/index.ts'
import type { Measured } from './reasons.ts'

/** Counts and sums over a trade list, made in one pass. Money in quote units, returns as fractions of the entry. */
interface Totals {
  readonly trades: number
  readonly wins: number
  readonly losses: number
  readonly pnl: number
  readonly wonPnl: number
  /** Positive. */
  readonly lostPnl: number
  readonly returns: number
  readonly wonReturns: number
  /** Positive. */
  readonly lostReturns: number
  readonly longestWins: number
  readonly longestLosses: number
}

const totalsOf = ({ length, pnl, returnFraction }: TradeLog): Totals => {
  let wins = 0
  let losses = 0
  let total = 0
  let wonPnl = 0
  let lostPnl = 0
  let returns = 0
  let wonReturns = 0
  let lostReturns = 0
  let winStreak = 0
  let lossStreak = 0
  let longestWins = 0
  let longestLosses = 0
  for (let i = 0; i < length; i++) {
    const result = pnl[i] as number
    const fraction = returnFraction[i] as number
    total += result
    returns += fraction
    if (fraction > 0) wonReturns += fraction
    else lostReturns -= fraction
    // A break-even trade ends both streaks.
    winStreak = result > 0 ? winStreak + 1 : 0
    lossStreak = result < 0 ? lossStreak + 1 : 0
    if (winStreak > longestWins) longestWins = winStreak
    if (lossStreak > longestLosses) longestLosses = lossStreak
    if (result > 0) {
      wins++
      wonPnl += result
    } else if (result < 0) {
      losses++
      lostPnl -= result
    }
  }
  return {
    trades: length,
    wins,
    losses,
    pnl: total,
    wonPnl,
    lostPnl,
    returns,
    wonReturns,
    lostReturns,
    longestWins,
    longestLosses,
  }
}

export interface TradeResults {
  readonly trades: number
  readonly wins: number
  readonly losses: number
  readonly breakeven: number
  /** Wins over all trades, break-evens included. */
  readonly winRate: Measured
  /** Money won over money lost. */
  readonly profitFactor: Measured
  /** Returns won over returns lost. */
  readonly profitFactorPct: Measured
  /** Mean win over mean loss, both in money. */
  readonly payoffRatio: Measured
  /** Mean pnl, quote units. */
  readonly expectancy: Measured
  /** Mean trade return, a fraction. */
  readonly expectancyPct: Measured
  /** (1 + payoff) winRate - 1: what a unit of risk earns. */
  readonly expectancyRatio: Measured
  /** System quality number (Tharp): sqrt(n) mean(pnl) / sample deviation of pnl. */
  readonly sqn: Measured
  /** Kelly's fraction W - (1 - W) / payoff. */
  readonly kelly: Measured
  readonly maxConsecutiveWins: number
  readonly maxConsecutiveLosses: number
}

const systemQuality = ({ length, pnl }: TradeLog, mean: number): Measured => {
  if (length < 2) return length === 0 ? 'NO_TRADES' : 'TOO_FEW_TRADES'
  let squares = 0
  let largest = 0
  for (let i = 0; i < length; i++) {
    const result = pnl[i] as number
    squares += (result - mean) ** 2
    largest = Math.max(largest, Math.abs(result))
  }
  const deviation = Math.sqrt(squares / (length - 1))
  // A spread that rounding alone explains is none.
  return deviation <= largest * 1e-12 ? 'ZERO_VARIANCE' : (Math.sqrt(length) * mean) / deviation
}

/** specs §4, rows 21 to 26 and 28 to 30: a win has pnl > 0, a loss pnl < 0, net of fees. */
export const tradeResults = (log: TradeLog): TradeResults => {
  const totals = totalsOf(log)
  const { trades, wins, losses } = totals
  const ofTrades = (value: number): Measured => (trades === 0 ? 'NO_TRADES' : value)
  const ofLosses = (value: number): Measured => (losses === 0 && trades > 0 ? 'NO_LOSSES' : ofTrades(value))
  const ofBoth = (value: number): Measured => (wins === 0 && losses > 0 ? 'NO_WINS' : ofLosses(value))
  const winRate = wins / trades
  // Without wins the mean win is 0, so the ratio says that everything risked was lost.
  const payoff = wins === 0 ? 0 : totals.wonPnl / wins / (totals.lostPnl / losses)
  return {
    trades,
    wins,
    losses,
    breakeven: trades - wins - losses,
    winRate: ofTrades(winRate),
    profitFactor: ofLosses(totals.wonPnl / totals.lostPnl),
    profitFactorPct: ofLosses(totals.wonReturns / totals.lostReturns),
    payoffRatio: ofBoth(payoff),
    expectancy: ofTrades(totals.pnl / trades),
    expectancyPct: ofTrades(totals.returns / trades),
    expectancyRatio: ofLosses((1 + payoff) * winRate - 1),
    sqn: systemQuality(log, totals.pnl / trades),
    kelly: ofBoth(winRate - (1 - winRate) / payoff),
    maxConsecutiveWins: totals.longestWins,
    maxConsecutiveLosses: totals.longestLosses,
  }
}
