import type { Effect, EnterEffect } from '../orders/index.ts'
import { ENTRY_LONG, ENTRY_SHORT, EXIT_LONG, EXIT_SHORT, type Program } from '../strategy/index.ts'
import { type LevelInput, orderPrices } from './order-prices.ts'
import type { Stance } from './stance.ts'

/** What the rules say at a close: ENTRY_… and EXIT_… bits, and the prices an entry order needs. */
export interface Decision extends LevelInput {
  readonly bits: number
}

const entryBit = (side: number): number => (side > 0 ? ENTRY_LONG : ENTRY_SHORT)
const exitBit = (side: number): number => (side > 0 ? EXIT_LONG : EXIT_SHORT)

const enterOn = (program: Program, side: number, decision: Decision): EnterEffect | null => {
  const order = orderPrices(program.entryOrder, side, decision)
  return order === null
    ? null
    : {
        kind: 'enter',
        side: side > 0 ? 'long' : 'short',
        order,
        expireBars: program.entryOrder?.expireBars ?? null,
        sizing: program.strategy.sizing,
        signalClose: decision.close,
      }
}

const NOTHING: readonly Effect[] = []

/** Nothing is held and nothing under way: rules for both sides cancel out. */
const decideFlat = (program: Program, decision: Decision): readonly Effect[] => {
  const entries = decision.bits & (ENTRY_LONG | ENTRY_SHORT)
  if (entries !== ENTRY_LONG && entries !== ENTRY_SHORT) return NOTHING
  const enter = enterOn(program, entries === ENTRY_LONG ? 1 : -1, decision)
  return enter === null ? NOTHING : [enter]
}

/** What leaves `side`: the position is sold, the order that would open it withdrawn. */
const leave = (stance: Stance, reason: 'signal' | 'reverse' | 'time_exit'): readonly Effect[] =>
  stance.side === 0 ? [{ kind: 'cancel' }] : [{ kind: 'exit', reason }]

const wantsOther = (stance: Stance, side: number, bits: number): boolean =>
  (bits & entryBit(-side)) !== 0 && (stance.side !== 0 || (bits & entryBit(side)) === 0)

/** Held, or an order waits to be; `side` is that side. */
const decideExposed = (
  program: Program,
  stance: Stance,
  { side, decision }: { side: number; decision: Decision },
): readonly Effect[] => {
  const { bits } = decision
  const isLeaving = stance.isExiting || stance.withdrawnSide !== 0
  const isReplaced = stance.entrySide === -side
  const enter = !isReplaced && wantsOther(stance, side, bits) ? enterOn(program, -side, decision) : null
  if (enter !== null) return isLeaving ? [enter] : [...leave(stance, 'reverse'), enter]
  if (isLeaving) return NOTHING
  if ((bits & exitBit(side)) !== 0) return leave(stance, 'signal')
  const { timeExit } = program.strategy
  const isOver = timeExit !== undefined && stance.side !== 0 && stance.heldCloses >= timeExit.bars
  return isOver ? leave(stance, 'time_exit') : NOTHING
}

/**
 * What to do at a close. In a position an opposite entry reverses whatever else is true, then come the exit rule and
 * the time exit. An entry order that waits is withdrawn by an exit rule of its side and replaced by an opposite entry;
 * once something is on its way out, only an opposite entry can be added, once.
 */
export const decide = (program: Program, stance: Stance, decision: Decision): readonly Effect[] => {
  const side =
    stance.side !== 0 ? stance.side : stance.withdrawnSide !== 0 ? stance.withdrawnSide : stance.entrySide
  return side === 0 ? decideFlat(program, decision) : decideExposed(program, stance, { side, decision })
}
