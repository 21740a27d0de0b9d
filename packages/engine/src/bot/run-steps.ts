import { describeProblem, type Problem, type Result } from '../kernel/index.ts'
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
import { type CoreState, startState, step, type StepProgram } from './step.ts'

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

/** Hands events to the core and its effects to the venue, until neither has anything to say. */
const exchange = (run: StepRun, state: StepRunState, { bar, isSilent }: RunBar) => {
  const timeMs = bar.time + run.barMs
  const send = (effects: readonly Effect[]): void => {
    for (const effect of effects) tell(submit(run.paper, state.account, { effect, index: bar.index }))
  }
  const stamp = () => ({ seq: state.core.seq + 1, timeMs })
  const tell = (events: readonly VenueEvent[]): void => {
    for (const event of events) take({ ...event, ...stamp() })
  }
  const take = (event: Parameters<typeof step>[2]): void => {
    const next = step(run.program, state.core, event)
    state.core = next.state
    send(next.effects)
  }
  return { tell, close: () => take({ kind: 'candle', ...stamp(), bar, isSilent }) }
}

/**
 * One bar of the reference loop: the venue fills what was ordered, the core hears of it, then of the closed bar, and
 * what it wants is ordered. An error changes nothing; it says where a bar and its detail bars disagree.
 */
export const runBar = (run: StepRun, state: StepRunState, next: RunBar): Result<BarReport, Problem> => {
  const report = fillBar(run.paper, state.account, next.bar)
  if (!report.ok) return report
  const { tell, close } = exchange(run, state, next)
  tell(report.value.events)
  close()
  return report
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
