import { EXIT_REASONS, type ExitReason } from '../positions/index.ts'

/** How a position is left: all about an exit but its bar and its price. */
export interface Exit {
  /** Index into EXIT_REASONS. */
  readonly reason: number
  /** False for limits, which fill at their price. */
  readonly slips: boolean
  /** It filled at the open instead of at the level it rested at. */
  readonly gap: boolean
}

const market = (reason: ExitReason): Exit => ({
  reason: EXIT_REASONS.indexOf(reason),
  slips: true,
  gap: false,
})

export const SIGNAL = market('signal')
export const REVERSE = market('reverse')
export const END_OF_DATA = market('end_of_data')
export const LIQUIDATION = market('liquidation')
export const STOP_LOSS = market('stop_loss')
export const STOP_LOSS_GAP: Exit = { ...STOP_LOSS, gap: true }
export const TRAILING_STOP = market('trailing_stop')
export const TRAILING_STOP_GAP: Exit = { ...TRAILING_STOP, gap: true }
export const TAKE_PROFIT: Exit = { ...market('take_profit'), slips: false }
export const TAKE_PROFIT_GAP: Exit = { ...TAKE_PROFIT, gap: true }
