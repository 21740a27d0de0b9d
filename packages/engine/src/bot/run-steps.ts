import { describeProblem, type Problem, type Result } from '../kernel/index.ts'
import type { VenueEvent } from '../orders/index.ts'
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
import { type CoreEvent, type CoreState, startState, step, type StepProgram } from './step.ts'

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
}

/** A bar on its way through a run. */
interface Passage {
  readonly run: StepRun
  readonly state: StepRunState
  readonly next: RunBar
}

const stampOf = ({ run, state, next }: Passage): { readonly seq: number; readonly timeMs: number } => ({
  seq: state.core.seq + 1,
  timeMs: next.bar.time + run.barMs,
})

/** Hands an event to the core and what it wants to the venue, until neither has anything to say. */
const take = (passage: Passage, event: CoreEvent): void => {
  const { run, state, next } = passage
  const { state: core, effects } = step(run.program, state.core, event)
  state.core = core
  for (const effect of effects) {
    report(passage, submit(run.paper, state.account, { effect, index: next.bar.index }))
  }
}

const report = (passage: Passage, events: readonly VenueEvent[]): void => {
  for (const event of events) take(passage, { ...event, ...stampOf(passage) })
}

/**
 * One bar of the reference loop: the venue fills what was ordered, the core hears of it, then of the closed bar, and
 * what it wants is ordered. An error changes nothing; it says where a bar and its detail bars disagree.
 */
export const runBar = (run: StepRun, state: StepRunState, next: RunBar): Result<BarReport, Problem> => {
  const filled = fillBar(run.paper, state.account, next.bar)
  if (!filled.ok) return filled
  const passage = { run, state, next }
  report(passage, filled.value.events)
  const { bar, isSilent } = next
  take(passage, { kind: 'candle', ...stampOf(passage), bar, isSilent })
  return filled
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
