import type { BacktestConfig } from '../paper/index.ts'
import { type Exit, LIQUIDATION } from './exits.ts'
import { markFlat } from './marks.ts'
import { armTargetAndTrail, signedStopOf } from './protection.ts'
import type { Simulation } from './simulation.ts'
import { denialOf, quantityOf } from './sizing.ts'
import { addRow } from './trade-recorder.ts'

/** What protection is measured from: the fill, or the close that gave the signal. */
const protectionBase = ({ config, candles, bar }: Simulation, fillPrice: number): number =>
  config.protectFrom === 'fill_price' ? fillPrice : candles.close[bar - 1]!

/** A market entry at the open of the bar, slippage against us. False when it was denied: no trade then. */
export const enter = (simulation: Simulation, side: number): boolean => {
  const { position, prices, config, candles, program, bar } = simulation
  const open = candles.open[bar]!
  const price = side * prices.up(side * open * (1 + side * config.slippageRate))
  const base = protectionBase(simulation, price)
  position.side = side
  position.signedStop = signedStopOf(program.strategy, base, simulation)
  const quantity = quantityOf(simulation, price)
  const denial = denialOf(simulation, quantity, price)
  if (denial !== null) {
    simulation.denied[denial]++
    position.side = 0
    return false
  }
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

/** The real price an exit gets. */
export const exitPrice = (simulation: Simulation, signedPrice: number, slips: boolean): number => {
  const { position, prices, config } = simulation
  const { side } = position
  if (!slips) return side * signedPrice
  return side * prices.down(signedPrice * (1 - side * config.slippageRate))
}

/** The rate of an exit's fee: what does not slip has rested at the venue. */
export const exitFeeRate = ({ feeRate, makerFeeRate }: BacktestConfig, slips: boolean): number =>
  slips ? feeRate : (makerFeeRate ?? feeRate)

/** Closes the whole position in the bar at `signedPrice` before slippage, and records the trade. */
export const leave = (simulation: Simulation, signedPrice: number, { reason, slips, gap }: Exit): void => {
  const { position, config, recorder, bar } = simulation
  const { side, quantity, entryPrice } = position
  const price = exitPrice(simulation, signedPrice, slips)
  const fee = exitFeeRate(config, slips) * quantity * price
  simulation.cash += side * quantity * price - fee
  position.side = 0
  if (recorder === null) return
  const fees = position.entryFee + fee
  const pnl = side * quantity * (price - entryPrice) - fees
  const signedEntry = side * entryPrice
  const row = addRow(recorder)
  const { columns } = recorder
  columns.side[row] = side
  columns.entryIndex[row] = position.entryIndex
  columns.entryPrice[row] = entryPrice
  columns.exitIndex[row] = bar
  columns.exitPrice[row] = price
  columns.quantity[row] = quantity
  columns.fees[row] = fees
  columns.pnl[row] = pnl
  columns.returnFraction[row] = pnl / (quantity * entryPrice)
  columns.exitReason[row] = reason
  columns.gap[row] = gap ? 1 : 0
  columns.slippageCost[row] = position.entrySlippage + quantity * Math.abs(price - side * signedPrice)
  columns.mae[row] = Math.min(0, (position.signedLow - signedEntry) / entryPrice)
  columns.mfe[row] = Math.max(0, (position.signedHigh - signedEntry) / entryPrice)
}

/** Cash plus the position at a signed price; the exit fee is not reserved. */
export const markedEquity = ({ cash, position }: Simulation, signedPrice: number): number =>
  position.side === 0 ? cash : cash + position.quantity * signedPrice

/** An account worth nothing at the close of the bar is closed for good: no bar is left to go on with. */
export const blow = (simulation: Simulation): void => {
  const { position, candles, bar, bars } = simulation
  if (position.side !== 0) leave(simulation, position.side * candles.close[bar]!, LIQUIDATION)
  simulation.cash = 0
  simulation.blownAtBar = bar
  markFlat(simulation, bars)
}
