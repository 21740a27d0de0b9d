import type { ExitReason } from '../positions/index.ts'
import { armTargetAndTrail, signedStopOf } from './protection.ts'
import type { DenialCode } from '../orders/index.ts'
import type { Simulation } from './simulation.ts'
import { resolveQuantity } from './sizing.ts'

/** What protection is measured from: the fill, or the close that gave the signal. */
const protectionBase = ({ config, candles }: Simulation, bar: number, fillPrice: number): number =>
  config.protectFrom === 'fill_price' ? fillPrice : candles.close[bar - 1]!

const refuse = (simulation: Simulation, code: DenialCode): false => {
  simulation.denied[code]++
  simulation.position.side = 0
  return false
}

/** A market entry at the open of `bar`, slippage against us. False when it was denied: no trade then. */
export const enter = (simulation: Simulation, bar: number, side: number): boolean => {
  const { position, prices, config, candles, program } = simulation
  const open = candles.open[bar]!
  const price = side * prices.up(side * open * (1 + side * config.slippageRate))
  const base = protectionBase(simulation, bar, price)
  position.side = side
  position.signedStop = signedStopOf(program.strategy, base, simulation)
  const sized = resolveQuantity(simulation, price)
  if (!sized.ok) return refuse(simulation, sized.error)
  const quantity = sized.value
  position.quantity = quantity
  position.entryIndex = bar
  position.entryPrice = price
  position.entryFee = config.feeRate * quantity * price
  position.entrySlippage = quantity * Math.abs(price - open)
  position.signedLow = side * open
  position.signedHigh = side * open
  armTargetAndTrail(simulation, base)
  simulation.cash -= side * quantity * price + position.entryFee
  return true
}

export interface Exit {
  /** The price before slippage. */
  readonly signedPrice: number
  /** False for limits, which fill at their price. */
  readonly slips: boolean
  readonly reason: ExitReason
  readonly gap: boolean
}

/** The real price an exit gets. */
export const exitPrice = (simulation: Simulation, signedPrice: number, slips: boolean): number => {
  const { position, prices, config } = simulation
  const { side } = position
  if (!slips) return side * signedPrice
  return side * prices.down(signedPrice * (1 - side * config.slippageRate))
}

/** Closes the whole position and records the trade. */
export const leave = (simulation: Simulation, bar: number, exit: Exit): void => {
  const { position, config, recorder } = simulation
  const { side, quantity, entryPrice, entryFee } = position
  const price = exitPrice(simulation, exit.signedPrice, exit.slips)
  const fee = config.feeRate * quantity * price
  simulation.cash += side * quantity * price - fee
  const fees = entryFee + fee
  const signedEntry = side * entryPrice
  recorder.append({
    side,
    entryIndex: position.entryIndex,
    entryPrice,
    exitIndex: bar,
    exitPrice: price,
    quantity,
    fees,
    pnl: side * quantity * (price - entryPrice) - fees,
    reason: exit.reason,
    gap: exit.gap,
    slippageCost: position.entrySlippage + quantity * Math.abs(price - side * exit.signedPrice),
    mae: Math.min(0, (position.signedLow - signedEntry) / entryPrice),
    mfe: Math.max(0, (position.signedHigh - signedEntry) / entryPrice),
  })
  position.side = 0
  position.quantity = 0
}

/** Cash plus the position at a signed price; the exit fee is not reserved. */
export const markedEquity = ({ cash, position }: Simulation, signedPrice: number): number =>
  position.side === 0 ? cash : cash + position.quantity * signedPrice
