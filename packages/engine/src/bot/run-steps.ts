import { describeProblem, ok, type Problem, type Result } from '../kernel/index.ts'
import type { Effect, VenueEvent } from '../orders/index.ts'
import {
  type BarReport,
  createPaperAccount,
  fillBar,
  type PaperAccount,
  type PaperBar,
  type PaperSetup,
  type PaperTrade,
  submit,
} from '../paper/index.ts'
import { type BarSeries, createBarReader } from './bar-reader.ts'
import {
  type CoreCommand,
  type CoreEvent,
  type CoreState,
  startState,
  step,
  type StepProgram,
} from './step.ts'

/** A core and the paper venue it trades at: what is fixed while it runs. */
export interface StepRun {
  readonly program: StepProgram
  readonly paper: PaperSetup
  readonly barMs: number
}

/** What changes: plain data, so that a run can be stored between any two bars and go on elsewhere. */
export interface StepRunState {
  core: CoreState
  readonly account: PaperAccount
}

export const startRun = ({ program, paper }: StepRun): StepRunState => ({
  core: startState(program),
  account: createPaperAccount(paper),
})

export interface RunBar {
  readonly bar: PaperBar
  /** The bar is taken in and nothing is decided at its close. */
  readonly isSilent: boolean
  /** As of `CandleEvent`. */
  readonly areEntriesBarred?: boolean | undefined
}

/** What the core wanted and what the venue said, in the order in which it happened. */
export type RunLog = readonly (Effect | VenueEvent)[]

/** A bar that has closed, on its way through a run. */
interface Passage {
  readonly run: StepRun
  readonly state: StepRunState
  /** Of the bar. */
  readonly index: number
  readonly time: number
  readonly log: (Effect | VenueEvent)[]
}

const stampOf = ({ run, state, time }: Passage): { readonly seq: number; readonly timeMs: number } => ({
  seq: state.core.seq + 1,
  timeMs: time + run.barMs,
})

/** Hands an event to the core and what it wants to the venue, until neither has anything to say. */
const take = (passage: Passage, event: CoreEvent): void => {
  const { run, state, index, log } = passage
  const { state: core, effects } = step(run.program, state.core, event)
  state.core = core
  for (const effect of effects) {
    log.push(effect)
    report(passage, submit(run.paper, state.account, { effect, index }))
  }
}

const report = (passage: Passage, events: readonly VenueEvent[]): void => {
  for (const event of events) {
    passage.log.push(event)
    take(passage, { ...event, ...stampOf(passage) })
  }
}

export interface RunBarReport extends BarReport {
  readonly log: RunLog
}

/**
 * One bar of the reference loop: the venue fills what was ordered, the core hears of it, then of the closed bar, and
 * what it wants is ordered. An error changes nothing; it says where a bar and its detail bars disagree.
 */
export const runBar = (run: StepRun, state: StepRunState, next: RunBar): Result<RunBarReport, Problem> => {
  const { bar, isSilent, areEntriesBarred } = next
  const filled = fillBar(run.paper, state.account, bar)
  if (!filled.ok) return filled
  const passage: Passage = { run, state, index: bar.index, time: bar.time, log: [] }
  report(passage, filled.value.events)
  take(passage, { kind: 'candle', ...stampOf(passage), bar, isSilent, areEntriesBarred })
  return ok({ ...filled.value, log: passage.log })
}

/** Between two bars: what the core is told to do is ordered as if decided at the close of the last one. */
export const runCommand = (
  run: StepRun,
  state: StepRunState,
  { command, ...last }: { readonly command: CoreCommand; readonly index: number; readonly time: number },
): RunLog => {
  const passage: Passage = { run, state, ...last, log: [] }
  take(passage, { kind: 'command', ...stampOf(passage), command })
  return passage.log
}

export interface StepSeries extends Omit<BarSeries, 'barMs'> {
  /** Bars before it decide nothing, and neither does the last one. */
  readonly signalsFromBar: number
}

export interface StepResult {
  readonly trades: readonly PaperTrade[]
  /** Quote units at each close. */
  readonly equity: Float64Array
  readonly state: StepRunState
}

/**
 * The reference for the columnar loops: every bar goes through venue and core. Throws where a bar and its detail bars
 * disagree.
 */
export const runSteps = (run: StepRun, series: StepSeries): StepResult => {
  const { bars, signalsFromBar } = series
  const barAt = createBarReader({ ...series, barMs: run.barMs })
  const state = startRun(run)
  const trades: PaperTrade[] = []
  const equity = new Float64Array(bars)
  for (let index = 0; index < bars; index++) {
    const isSilent = index < signalsFromBar || index === bars - 1
    const report = runBar(run, state, { bar: barAt(index), isSilent })
    if (!report.ok) throw new RangeError(describeProblem(report.error))
    trades.push(...report.value.trades)
    equity[index] = report.value.equity
  }
  return { trades, equity, state }
}
