import type { Effect, VenueEvent } from '../orders/index.ts'
import {
  type Bar,
  createSignalStream,
  type OperandPlan,
  type PriceLevelPlan,
  type Program,
  type SignalState,
  type SignalStream,
} from '../strategy/index.ts'
import { decide } from './decide.ts'
import { flatStance, noteEffects, noteEvent, type Stance } from './stance.ts'

/** A compiled strategy made ready to be stepped on bars of one length. */
export interface StepProgram {
  readonly program: Program
  readonly signals: SignalStream
}

export const createStepProgram = (program: Program, options: { readonly barMs: number }): StepProgram => ({
  program,
  signals: createSignalStream(program, options),
})

/** All that a core remembers: plain data that survives JSON to the last bit. */
export interface CoreState {
  readonly stateVersion: 1
  /** Of the last event that was taken in; 0 before the first. */
  seq: number
  readonly stance: Stance
  readonly signals: SignalState
}

export const startState = ({ signals }: StepProgram): CoreState => ({
  stateVersion: 1,
  seq: 0,
  stance: flatStance(),
  signals: signals.start(),
})

interface Stamp {
  /** Rises with every event of a core, from 1. */
  readonly seq: number
  /** Epoch ms. */
  readonly timeMs: number
}

/** A bar has closed. */
export interface CandleEvent extends Stamp {
  readonly kind: 'candle'
  readonly bar: Bar
  /** History: the bar is taken in and nothing is decided. */
  readonly isSilent: boolean
  /** Positions are left as the rules say, none is entered. */
  readonly areEntriesBarred?: boolean | undefined
}

/** What a core does when it is told to, whatever its rules say. */
export const CORE_COMMANDS = ['cancel_entries', 'flatten'] as const
export type CoreCommand = (typeof CORE_COMMANDS)[number]

/** Somebody wants the entry order withdrawn, or that and the position closed at market. */
export interface CommandEvent extends Stamp {
  readonly kind: 'command'
  readonly command: CoreCommand
}

export type CoreEvent = CandleEvent | CommandEvent | (VenueEvent & Stamp)

export interface Step {
  readonly state: CoreState
  readonly effects: readonly Effect[]
}

const NOTHING: readonly Effect[] = []

const levelValue = (
  { signals }: StepProgram,
  state: SignalState,
  level: PriceLevelPlan | null | undefined,
): number => {
  const operand: OperandPlan | null = level?.kind === 'operand' ? level.operand : null
  return operand === null ? Number.NaN : signals.valueOf(state, operand)
}

const atClose = (
  stepProgram: StepProgram,
  state: CoreState,
  { bar, isSilent, areEntriesBarred }: CandleEvent,
): readonly Effect[] => {
  const { program, signals } = stepProgram
  const { stance } = state
  const bits = signals.next(state.signals, bar)
  if (stance.side !== 0) stance.heldCloses++
  if (isSilent) return NOTHING
  const decided = decide(program, stance, {
    bits,
    close: bar.close,
    stop: levelValue(stepProgram, state.signals, program.entryOrder?.stop),
    limit: levelValue(stepProgram, state.signals, program.entryOrder?.limit),
  })
  const effects = areEntriesBarred === true ? decided.filter(({ kind }) => kind !== 'enter') : decided
  noteEffects(stance, effects)
  return effects
}

const atCommand = (stance: Stance, command: CoreCommand): readonly Effect[] => {
  const effects: Effect[] = []
  if (command === 'flatten' && stance.side !== 0 && !stance.isExiting) {
    effects.push({ kind: 'exit', reason: 'signal' })
  }
  if (stance.entrySide !== 0) effects.push({ kind: 'cancel' })
  noteEffects(stance, effects)
  return effects
}

const effectsOf = (program: StepProgram, state: CoreState, event: CoreEvent): readonly Effect[] => {
  if (event.kind === 'candle') return atClose(program, state, event)
  return event.kind === 'command' ? atCommand(state.stance, event.command) : noteEvent(state.stance, event)
}

/**
 * Takes one event into the state and says what is to be done. Fills are known from events only, so the effects of a
 * step change nothing but what the venue makes of them. An event that was taken in before is ignored. The state that
 * was passed in must not be used again: what is returned may be the same object, changed.
 */
export const step = (program: StepProgram, state: CoreState, event: CoreEvent): Step => {
  if (event.seq <= state.seq) return { state, effects: NOTHING }
  state.seq = event.seq
  return { state, effects: effectsOf(program, state, event) }
}
