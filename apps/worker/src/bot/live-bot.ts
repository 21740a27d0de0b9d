import { backtestConfigSchema } from '@botcriptofy/contracts/backtest'
import type { BotState, DesiredBotState, StopPolicy } from '@botcriptofy/contracts/bot'
import { checkStrategy } from '@botcriptofy/contracts/strategy'
import { paperTradeLog, tradeRows } from '@botcriptofy/engine/backtest'
import {
  type BarMode,
  type BotRunState,
  type BotTurn,
  type CoreCommand,
  createStepProgram,
  startBotRun,
  type StepRun,
  takeBar,
  takeCommand,
} from '@botcriptofy/engine/bot'
import { describeProblem } from '@botcriptofy/engine/kernel'
import { allocateCandles, parseTimeframe } from '@botcriptofy/engine/market'
import { type BarPrices, createPaperSetup, type PaperTrade } from '@botcriptofy/engine/paper'
import { compileStrategy, settledFrom } from '@botcriptofy/engine/strategy'
import {
  type BotCommit,
  BotLeaseLost,
  commitBot,
  findOwnedRun,
  findWorkingIntents,
  noteWaiting,
  type OwnedRunRow,
  runStateOf,
} from '@botcriptofy/store/bot'
import type { Db } from '@botcriptofy/store/database'
import type { TenantScope } from '@botcriptofy/store/tenant'
import { BarFeed, type BarSources } from './bar-feed.ts'
import type { HeldLease } from './lease-keeper.ts'

/** No owner can run this definition: a human has to change it. */
export class Unrunnable extends Error {}

/** What a bot trades, and the bars it decides on. */
export interface BotMarket {
  readonly venue: string
  readonly symbol: string
  readonly timeframe: string
}

export interface BotOpening {
  readonly row: OwnedRunRow
  readonly sources: SourcesOf
}

export type SourcesOf = (bot: { readonly tenant: TenantScope; readonly market: BotMarket }) => BarSources

/** A bot as its owner has it in hand. What it remembers is a copy of what is stored; each step is stored before it counts. */
export class LiveBot {
  readonly held: HeldLease
  readonly step: StepRun
  readonly market: BotMarket
  /** Bars that are taken in before the rules decide. */
  readonly neededBars: number
  state: BotState
  desired: DesiredBotState
  stopPolicy: StopPolicy | null
  run: BotRunState
  /** A user may want something else since it was looked. */
  isStale = false
  readonly feed: BarFeed
  readonly #db: Db
  #waitingFor: string | null = null

  constructor(db: Db, held: HeldLease, { row, sources }: BotOpening) {
    this.#db = db
    this.held = held
    const { venue, symbol, timeframe } = row
    this.market = { venue, symbol, timeframe }
    const { step, neededBars } = stepRunOf(row)
    this.step = step
    this.neededBars = neededBars
    this.run = runStateOf(row) ?? startBotRun(step)
    this.state = row.state
    this.desired = row.desired
    this.stopPolicy = row.stopPolicy
    const { tenant } = held.lease
    this.feed = new BarFeed({
      ...sources({ tenant, market: this.market }),
      market: this.market,
      barMs: step.barMs,
    })
  }

  get barMs(): number {
    return this.step.barMs
  }

  /** Open of the bar that is to be taken in next; undefined before the first. */
  get nextOpenMs(): number | undefined {
    return this.run.lastTime === null ? undefined : this.run.lastTime + this.barMs
  }

  /** What is stored, where somebody else may have written or this process does not know whether it did. */
  async reload(): Promise<void> {
    const row = await findOwnedRun(this.#db, this.held.lease)
    if (row === undefined) throw new BotLeaseLost('expected the run of the bot, was none')
    this.state = row.state
    this.desired = row.desired
    this.stopPolicy = row.stopPolicy
    this.run = runStateOf(row) ?? startBotRun(this.step)
    this.isStale = false
  }

  /** Stores a step, whole or not at all. Nothing is written once the lease is no longer safe. */
  async commit(commit: Omit<BotCommit, 'state'>): Promise<void> {
    if (!this.held.isSafe()) throw new BotLeaseLost('expected a lease that was renewed in time, was not')
    this.state = await commitBot(this.#db, this.held.lease, { state: this.state, ...commit })
    if (commit.run !== undefined) this.run = commit.run
  }

  /** Takes in closed bars, each with its mode, as one step. */
  async take(bars: readonly { readonly bar: BarPrices; readonly mode: BarMode }[]): Promise<void> {
    const run = structuredClone(this.run)
    const turns = bars.map((next): BotTurn => {
      const turn = takeBar(this.step, run, next)
      if (!turn.ok) throw new Error(describeProblem(turn.error))
      return turn.value
    })
    await this.#commitTurns(run, turns)
  }

  async command(command: CoreCommand): Promise<void> {
    const run = structuredClone(this.run)
    await this.#commitTurns(run, [takeCommand(this.step, run, command)])
  }

  async #commitTurns(run: BotRunState, turns: readonly BotTurn[]): Promise<void> {
    const journal = turns.flatMap((turn) => turn.journal)
    const last = journal.findLast((entry) => entry.kind === 'candle')
    const orders = new Map(turns.flatMap((turn) => turn.orders.map((order) => [order.seq, order] as const)))
    await this.commit({
      coreSeq: this.run.run.core.seq,
      run,
      journal,
      orders: [...orders.values()],
      trades: rowsOf(
        run,
        this.barMs,
        turns.flatMap((turn) => turn.trades),
      ),
      equity: last?.equity,
    })
  }

  /** Orders of the run that are written down and have not ended, by their number. */
  async findWorkingOrders(): Promise<readonly number[]> {
    return findWorkingIntents(this.#db, this.held.lease)
  }

  /** Tells users what the bot waits for. */
  async noteWaiting(what: string | null): Promise<void> {
    if (what === this.#waitingFor) return
    await noteWaiting(this.#db, this.held.lease, what)
    this.#waitingFor = what
  }
}

const stepRunOf = (row: OwnedRunRow): { readonly step: StepRun; readonly neededBars: number } => {
  const barMs = parseTimeframe(row.timeframe, 'timeframe')
  const strategy = checkStrategy(row.strategy, { timeframe: row.timeframe })
  if (!barMs.ok) throw new Unrunnable(describeProblem(barMs.error))
  if (!strategy.ok) throw new Unrunnable(strategy.error.map(describeProblem).join('; '))
  const compiled = compileStrategy(strategy.value, { barMs: barMs.value })
  if (!compiled.ok) throw new Unrunnable(compiled.error.map(describeProblem).join('; '))
  const program = compiled.value
  const config = backtestConfigSchema.parse(row.config)
  const step: StepRun = {
    program: createStepProgram(program, { barMs: barMs.value }),
    paper: createPaperSetup(program.strategy, config, { symbol: row.symbol, barMs: barMs.value }),
    barMs: barMs.value,
  }
  return { step, neededBars: Math.max(1, settledFrom(program, barMs.value)) }
}

/** The trades as a backtest of the bars since the first prints them; between them there is no hole. */
const rowsOf = (run: BotRunState, barMs: number, trades: readonly PaperTrade[]): readonly object[] => {
  if (trades.length === 0) return []
  const candles = allocateCandles(run.bars, { shared: false })
  for (let index = 0; index < run.bars; index++) candles.time[index] = (run.firstTime ?? 0) + index * barMs
  return tradeRows(paperTradeLog(trades), candles)
}
