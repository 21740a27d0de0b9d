import type { BacktestConfig } from '../paper/index.ts'
import { EXIT_REASONS, type ExitReason } from '../positions/index.ts'
import { markFlat } from './marks.ts'
import { armTargetAndTrail, signedStopOf } from './protection.ts'
import type { DenialCode } from '../orders/index.ts'
import type { Position, Simulation } from './simulation.ts'
import { resolveQuantity } from './sizing.ts'
import { addRow, type TradeRecorder } from './trade-recorder.ts'

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

/** The rate of an exit's fee: what does not slip has rested at the venue. */
export const exitFeeRate = ({ feeRate, makerFeeRate }: BacktestConfig, slips: boolean): number =>
  slips ? feeRate : (makerFeeRate ?? feeRate)

/** Closes the whole position and records the trade. */
export const leave = (simulation: Simulation, bar: number, exit: Exit): void => {
  const { position, config, recorder } = simulation
  const { side, quantity } = position
  const price = exitPrice(simulation, exit.signedPrice, exit.slips)
  const fee = exitFeeRate(config, exit.slips) * quantity * price
  simulation.cash += side * quantity * price - fee
  if (recorder !== null) {
    const { signedPrice, reason, gap } = exit
    record(recorder, position, { bar, price, fee, signedPrice, reason, gap })
  }
  position.side = 0
}

interface ExitFill extends Omit<Exit, 'slips'> {
  readonly bar: number
  readonly price: number
  readonly fee: number
}

const record = (recorder: TradeRecorder, position: Position, exit: ExitFill): void => {
  const { side, quantity, entryPrice } = position
  const { price } = exit
  const fees = position.entryFee + exit.fee
  const pnl = side * quantity * (price - entryPrice) - fees
  const signedEntry = side * entryPrice
  const row = addRow(recorder)
  const { columns } = recorder
  columns.side[row] = side
  columns.entryIndex[row] = position.entryIndex
  columns.entryPrice[row] = entryPrice
  columns.exitIndex[row] = exit.bar
  columns.exitPrice[row] = price
  columns.quantity[row] = quantity
  columns.fees[row] = fees
  columns.pnl[row] = pnl
  columns.returnFraction[row] = pnl / (quantity * entryPrice)
  columns.exitReason[row] = EXIT_REASONS.indexOf(exit.reason)
  columns.gap[row] = exit.gap ? 1 : 0
  columns.slippageCost[row] = position.entrySlippage + quantity * Math.abs(price - side * exit.signedPrice)
  columns.mae[row] = Math.min(0, (position.signedLow - signedEntry) / entryPrice)
  columns.mfe[row] = Math.max(0, (position.signedHigh - signedEntry) / entryPrice)
}

/** Cash plus the position at a signed price; the exit fee is not reserved. */
export const markedEquity = ({ cash, position }: Simulation, signedPrice: number): number =>
  position.side === 0 ? cash : cash + position.quantity * signedPrice

/** An account worth nothing at the close of `bar` is closed for good. Returns the bar to go on with: none. */
export const blow = (simulation: Simulation, bar: number): number => {
  const { position, candles, bars } = simulation
  if (position.side !== 0) {
    const signedPrice = position.side * candles.close[bar]!
    leave(simulation, bar, { signedPrice, slips: true, reason: 'liquidation', gap: false })
  }
  simulation.cash = 0
  simulation.blownAtBar = bar
  markFlat(simulation, bars)
  return bars
}
