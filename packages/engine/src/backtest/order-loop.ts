import { createBarReader } from '../bot/index.ts'
import { describeProblem } from '../kernel/index.ts'
import type { Candles } from '../market/index.ts'
import {
  type BacktestConfig,
  createPaperAccount,
  createPaperSetup,
  fillBar,
  type PaperAccount,
  type PaperSetup,
  type PaperTrade,
  noteMark,
  passQuietBars,
} from '../paper/index.ts'
import { hasRiskLimits } from '../risk/index.ts'
import {
  ENTRY_LONG,
  ENTRY_SHORT,
  type FlagColumn,
  EXIT_LONG,
  EXIT_SHORT,
  nextFlagged,
  type Program,
  type SeriesColumns,
} from '../strategy/index.ts'
import { OrderDesk } from './order-desk.ts'

export interface OrderLoopInput {
  readonly program: Program
  readonly series: SeriesColumns
  /** ENTRY_… and EXIT_… bits of each bar; 0 where no signal is allowed. */
  readonly signals: FlagColumn
  readonly config: BacktestConfig
  /** Receives the equity; one element a bar. */
  readonly equity: Float64Array
  readonly detail?: Candles | undefined
  /** Sees the account after the close of each bar that brought or ordered something; it must not change it. */
  readonly observe?: ((account: PaperAccount, bar: number) => void) | undefined
}

export interface OrderLoopResult {
  readonly trades: readonly PaperTrade[]
  readonly account: PaperAccount
}

type Features = Pick<OrderLoopInput, 'program' | 'config' | 'detail'>

/** Whether a run has what the plain columnar loop leaves out. */
export const needsOrderLoop = ({ program, config, detail }: Features): boolean => {
  const { entryOrder, scaleIn, scaleOut, timeExit } = program.strategy
  const ordersDiffer = [entryOrder, scaleIn, scaleOut, timeExit, detail].some((part) => part !== undefined)
  const hasFunding = config.fundingRates !== null || config.fundingRate !== 0
  const isCapped = config.participation !== null || config.latencyBars > 0
  const isLimited = config.risk !== null && hasRiskLimits(config.risk)
  return ordersDiffer || hasFunding || isCapped || isLimited || config.leverage !== null
}

/** The columnar form of the reference loop: signals come as columns, and flat stretches without orders are skipped. */
class OrderLoop {
  readonly trades: PaperTrade[] = []
  readonly account: PaperAccount
  readonly #input: OrderLoopInput
  readonly #paper: PaperSetup
  readonly #desk: OrderDesk
  readonly #barAt: ReturnType<typeof createBarReader>

  constructor(input: OrderLoopInput) {
    const { program, series, config, detail } = input
    const { candles, bars, barMs = Infinity } = series
    this.#input = input
    this.#paper = createPaperSetup(program.strategy, config, { symbol: '', barMs })
    this.account = createPaperAccount(this.#paper)
    this.#desk = new OrderDesk({ ...input, paper: this.#paper, account: this.account })
    this.#barAt = createBarReader({ candles, bars, barMs, detail })
  }

  run(): void {
    const { equity, series } = this.#input
    let bar = 0
    while (bar < series.bars && this.account.blownAtBar === null) {
      bar = this.#desk.isIdle() ? this.#skip(bar) : this.#hold(bar)
    }
    if (this.account.blownAtBar !== null) equity.fill(0, bar)
  }

  /** Passes over bars that bring neither fills nor entries, up to the one that signals; returns the next. */
  #skip(from: number): number {
    const { signals, equity, series } = this.#input
    const bar = nextFlagged(signals, { from, to: series.bars }, ENTRY_LONG | ENTRY_SHORT)
    equity.fill(this.account.cash, from, bar + 1)
    if (bar < series.bars) {
      this.#desk.decide(bar)
      this.#input.observe?.(this.account, bar)
    }
    return bar + 1
  }

  /** Passes over bars in which a position meets nothing, up to one that may leave it; at least one bar is processed. */
  #hold(from: number): number {
    const { program, signals, series, config, equity, detail } = this.#input
    const { side, heldCloses } = this.#desk.stance
    const closesLeft = (program.strategy.timeExit?.bars ?? Infinity) - heldCloses
    const to = detail === undefined ? Math.min(series.bars - 1, from + Math.max(0, closesLeft)) : from
    const mask = side > 0 ? EXIT_LONG | ENTRY_SHORT : EXIT_SHORT | ENTRY_LONG
    const stretch = { candles: series.candles, from, to, flags: signals.bytes, mask, equity }
    const next = passQuietBars(config, this.account, stretch)
    if (next === from) {
      this.#process(from)
      return from + 1
    }
    this.#desk.stance.heldCloses += next - from
    this.#mark(from, next)
    this.#desk.decide(next - 1)
    this.#input.observe?.(this.account, next - 1)
    return next
  }

  /** The budget hears of every close. */
  #mark(from: number, to: number): void {
    if (this.#paper.risk === null) return
    const { equity, series } = this.#input
    for (let bar = from; bar < to; bar++) {
      noteMark(this.#paper, this.account, { timeMs: series.candles.time[bar]!, equity: equity[bar]! })
    }
  }

  #process(index: number): void {
    const report = fillBar(this.#paper, this.account, this.#barAt(index))
    if (!report.ok) throw new RangeError(describeProblem(report.error))
    const { events, trades, equity } = report.value
    this.#input.equity[index] = equity
    for (const trade of trades) this.trades.push(trade)
    this.#desk.close(events, index)
    this.#input.observe?.(this.account, index)
  }
}

/** Runs a strategy at the paper venue. Throws where a bar and its detail bars disagree. */
export const runOrderLoop = (input: OrderLoopInput): OrderLoopResult => {
  const loop = new OrderLoop(input)
  loop.run()
  return loop
}
