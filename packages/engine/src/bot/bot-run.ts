import { ok, type Problem, type Result } from '../kernel/index.ts'
import type { FillEvent, OrderUpdateEvent, Side } from '../orders/index.ts'
import type { BarPrices, PaperTrade } from '../paper/index.ts'
import { type ExplainedComparison, explainValues } from '../strategy/index.ts'
import {
  type BotOrder,
  emptyOrderBook,
  noteFill,
  noteOrder,
  noteOrderEnd,
  type OrderBook,
  type OrderDesk,
  settleOrders,
} from './bot-order.ts'
import { runBar, runCommand, type RunLog, startRun, type StepRun, type StepRunState } from './run-steps.ts'
import type { CoreCommand } from './step.ts'

/** All that a run of a bot remembers between two bars: plain data that survives JSON to the last bit. */
export interface BotRunState {
  readonly stateVersion: 1
  readonly run: StepRunState
  readonly orders: OrderBook
  /** Taken in so far; the index of the next one. */
  bars: number
  /** Opens of the first and the last bar that were taken in, epoch ms; null before the first. */
  firstTime: number | null
  lastTime: number | null
  /** Close of the last bar. */
  lastClose: number | null
  /** Index of the first bar that the rules decided on; null before it. */
  signalsFromBar: number | null
  trades: number
}

export const startBotRun = (step: StepRun): BotRunState => ({
  stateVersion: 1,
  run: startRun(step),
  orders: emptyOrderBook(),
  bars: 0,
  firstTime: null,
  lastTime: null,
  lastClose: null,
  signalsFromBar: null,
  trades: 0,
})

/** `history`: taken in, nothing is decided. `exits`: positions are left as the rules say, none is entered. */
export const BAR_MODES = ['history', 'exits', 'trade'] as const
export type BarMode = (typeof BAR_MODES)[number]

/** What happened, with the values that decided; replaying the candles and commands of a journal gives the rest again. */
export type JournalEntry =
  | {
      readonly kind: 'candle'
      readonly bar: BarPrices
      readonly index: number
      readonly mode: BarMode
      readonly equity: number
    }
  | { readonly kind: 'command'; readonly command: CoreCommand; readonly index: number }
  | { readonly kind: 'fill'; readonly orderSeq: number; readonly fill: FillEvent }
  | {
      readonly kind: 'decision'
      readonly effects: readonly string[]
      readonly by: readonly ExplainedComparison[]
    }
  | { readonly kind: 'order'; readonly order: BotOrder }
  | { readonly kind: 'order_end'; readonly orderSeq: number; readonly event: OrderUpdateEvent }
  | { readonly kind: 'trade'; readonly trade: PaperTrade }

/** What a bar or a command brought about. */
export interface BotTurn {
  readonly journal: readonly JournalEntry[]
  /** Orders that are new or have changed, as they stand now. */
  readonly orders: readonly BotOrder[]
  readonly trades: readonly PaperTrade[]
}

const sideOf = (state: BotRunState, log: RunLog): Side => {
  const fill = log.findLast((entry): entry is FillEvent => entry.kind === 'fill' && entry.held > 0)
  return fill?.side ?? ((state.run.account.position?.side ?? 1) > 0 ? 'long' : 'short')
}

const decisionOf = (step: StepRun, state: BotRunState, log: RunLog): JournalEntry => {
  const { program, signals } = step.program
  const read = (operand: Parameters<typeof signals.valueOf>[1], back: 0 | 1) =>
    signals.valueOf(state.run.core.signals, operand, back)
  return { kind: 'decision', effects: effectNames(log), by: explainValues(program, read).decidedBy }
}

/** The log of a bar or a command as orders and journal; `decision` comes before what it led to. */
const write = (
  desk: OrderDesk,
  log: RunLog,
  { side, decision }: { readonly side: Side; readonly decision?: () => JournalEntry },
): JournalEntry[] => {
  const first = log.findIndex(isEffect)
  return log.flatMap((entry, at) => [
    ...(at === first && decision !== undefined ? [decision()] : []),
    ...entriesOf(desk, entry, side),
  ])
}

const isEffect = ({ kind }: RunLog[number]): boolean => kind !== 'fill' && kind !== 'orderUpdate'

const entriesOf = (desk: OrderDesk, entry: RunLog[number], side: Side): JournalEntry[] => {
  if (entry.kind === 'fill') return [{ kind: 'fill', orderSeq: noteFill(desk, entry).seq, fill: entry }]
  if (entry.kind === 'orderUpdate') {
    const ended = noteOrderEnd(desk, entry)
    return ended === undefined ? [] : [{ kind: 'order_end', orderSeq: ended.seq, event: entry }]
  }
  const order = noteOrder(desk, entry, side)
  return order === undefined ? [] : [{ kind: 'order', order: { ...order } }]
}

const effectNames = (log: RunLog): readonly string[] =>
  log.flatMap((entry) => {
    if (entry.kind === 'enter') return [`enter ${entry.side}`]
    if (entry.kind === 'exit') return [`exit ${entry.reason}`]
    return entry.kind === 'cancel' ? ['cancel'] : []
  })

const deskOf = (state: BotRunState, signalTime: number): OrderDesk => ({
  book: state.orders,
  touched: new Map(),
  signalTime,
})

/** Takes the next closed bar into `state`, which is changed in place; an error leaves it as it was. */
export const takeBar = (
  step: StepRun,
  state: BotRunState,
  { bar, mode }: { readonly bar: BarPrices; readonly mode: BarMode },
): Result<BotTurn, Problem> => {
  const index = state.bars
  const report = runBar(step, state.run, {
    bar: { ...bar, index },
    isSilent: mode === 'history',
    areEntriesBarred: mode === 'exits',
  })
  if (!report.ok) return report
  const { log, equity, trades } = report.value
  state.bars = index + 1
  state.firstTime ??= bar.time
  state.lastTime = bar.time
  state.lastClose = bar.close
  if (mode === 'trade') state.signalsFromBar ??= index
  state.trades += trades.length
  const desk = deskOf(state, bar.time)
  const decision = () => decisionOf(step, state, log)
  const entries = write(desk, log, { side: sideOf(state, log), decision })
  settleOrders(desk, state.run.account)
  const journal: JournalEntry[] = [
    { kind: 'candle', bar, index, mode, equity },
    ...entries,
    ...trades.map((trade) => ({ kind: 'trade', trade }) as const),
  ]
  return ok({ journal, orders: [...desk.touched.values()], trades })
}

/** Tells the core to do something between two bars; before the first there is nothing that it could do. */
export const takeCommand = (step: StepRun, state: BotRunState, command: CoreCommand): BotTurn => {
  if (state.lastTime === null) return { journal: [], orders: [], trades: [] }
  const index = state.bars - 1
  const log = runCommand(step, state.run, { command, index, time: state.lastTime })
  const desk = deskOf(state, state.lastTime)
  const entries = write(desk, log, { side: sideOf(state, log) })
  settleOrders(desk, state.run.account)
  return {
    journal: [{ kind: 'command', command, index }, ...entries],
    orders: [...desk.touched.values()],
    trades: [],
  }
}

/** Nothing is held and nothing ordered. */
export const isFlat = ({ run: { account } }: BotRunState): boolean =>
  account.position === null && hasNoOrders(account)

const hasNoOrders = ({ entries, exit }: BotRunState['run']['account']): boolean =>
  entries.length === 0 && exit === null

/** No entry order waits at the venue, and no exit is on its way. */
export const isQuiet = ({ run: { account } }: BotRunState): boolean =>
  hasNoOrders(account) && account.position?.closing == null
