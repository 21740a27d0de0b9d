import { createBarReader, decide, flatStance, noteEffects, noteEvent, type Stance } from '../bot/index.ts'
import { describeProblem } from '../kernel/index.ts'
import type { Candles } from '../market/index.ts'
import type { Effect, VenueEvent } from '../orders/index.ts'
import {
  type BacktestConfig,
  createPaperAccount,
  createPaperSetup,
  fillBar,
  type PaperAccount,
  type PaperSetup,
  type PaperTrade,
  passQuietBars,
  submit,
} from '../paper/index.ts'
import {
  ENTRY_LONG,
  ENTRY_SHORT,
  type FlagColumn,
  EXIT_LONG,
  EXIT_SHORT,
  nextFlagged,
  operandColumn,
  type PriceLevelPlan,
  type Program,
  type SeriesColumns,
  valueAt,
} from '../strategy/index.ts'

export interface OrderLoopInput {
  readonly program: Program
  readonly series: SeriesColumns
  /** ENTRY_… and EXIT_… bits of each bar; 0 where no signal is allowed. */
  readonly signals: FlagColumn
  readonly config: BacktestConfig
  /** Receives the equity; one element a bar. */
  readonly equity: Float64Array
  readonly detail?: Candles | undefined
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
  return ordersDiffer || hasFunding || isCapped || config.leverage !== null
}

/** Reads the operand of a level at a bar. */
const levelReader = (
  { program, series }: OrderLoopInput,
  level: PriceLevelPlan | null | undefined,
): ((bar: number) => number) => {
  if (level?.kind !== 'operand') return () => Number.NaN
  const column = operandColumn(level.operand, { program, series })
  return (bar) => valueAt(column, bar)
}

/** The columnar form of the reference loop: signals come as columns, and flat stretches without orders are skipped. */
class OrderLoop {
  readonly trades: PaperTrade[] = []
  readonly account: PaperAccount
  readonly #input: OrderLoopInput
  readonly #paper: PaperSetup
  readonly #stance: Stance = flatStance()
  readonly #barAt: ReturnType<typeof createBarReader>
  readonly #stopAt: (bar: number) => number
  readonly #limitAt: (bar: number) => number

  constructor(input: OrderLoopInput) {
    const { program, series, config, detail } = input
    const { candles, bars, barMs = Infinity } = series
    this.#input = input
    this.#paper = createPaperSetup(program.strategy, config)
    this.account = createPaperAccount(this.#paper)
    this.#barAt = createBarReader({ candles, bars, barMs, detail })
    this.#stopAt = levelReader(input, program.entryOrder?.stop)
    this.#limitAt = levelReader(input, program.entryOrder?.limit)
  }

  run(): void {
    const { equity, series } = this.#input
    let bar = 0
    while (bar < series.bars && this.account.blownAtBar === null) {
      bar = this.#isIdle() ? this.#skip(bar) : this.#hold(bar)
    }
    if (this.account.blownAtBar !== null) equity.fill(0, bar)
  }

  #isIdle(): boolean {
    const { position, entries, cancels } = this.account
    return position === null && entries.length === 0 && cancels.length === 0
  }

  /** Passes over bars that bring neither fills nor entries, up to the one that signals; returns the next. */
  #skip(from: number): number {
    const { signals, equity, series } = this.#input
    const bar = nextFlagged(signals, { from, to: series.bars }, ENTRY_LONG | ENTRY_SHORT)
    equity.fill(this.account.cash, from, bar + 1)
    if (bar < series.bars) this.#decide(bar)
    return bar + 1
  }

  /** Passes over bars in which a position meets nothing, up to one that may leave it; at least one bar is processed. */
  #hold(from: number): number {
    const { program, signals, series, config, equity, detail } = this.#input
    const { side, heldCloses } = this.#stance
    const closesLeft = (program.strategy.timeExit?.bars ?? Infinity) - heldCloses
    const to = detail === undefined ? Math.min(series.bars - 1, from + Math.max(0, closesLeft)) : from
    const mask = side > 0 ? EXIT_LONG | ENTRY_SHORT : EXIT_SHORT | ENTRY_LONG
    const stretch = { candles: series.candles, from, to, flags: signals.bytes, mask, equity }
    const next = passQuietBars(config, this.account, stretch)
    if (next === from) {
      this.#process(from)
      return from + 1
    }
    this.#stance.heldCloses += next - from
    this.#decide(next - 1)
    return next
  }

  #process(index: number): void {
    const report = fillBar(this.#paper, this.account, this.#barAt(index))
    if (!report.ok) throw new RangeError(describeProblem(report.error))
    const { events, trades, equity } = report.value
    this.#input.equity[index] = equity
    for (const trade of trades) this.trades.push(trade)
    this.#tell(events, index)
    if (this.#stance.side !== 0) this.#stance.heldCloses++
    // The last bar decides nothing, the bars before the first that may signal have no position.
    if (index < this.#input.series.bars - 1) this.#decide(index)
  }

  #decide(bar: number): void {
    const { program, signals, series } = this.#input
    const decision = {
      bits: signals.bytes[bar]!,
      close: series.candles.close[bar]!,
      stop: this.#stopAt(bar),
      limit: this.#limitAt(bar),
    }
    const effects = decide(program, this.#stance, decision)
    noteEffects(this.#stance, effects)
    this.#send(effects, bar)
  }

  #tell(events: readonly VenueEvent[], bar: number): void {
    for (const event of events) this.#send(noteEvent(this.#stance, event), bar)
  }

  #send(effects: readonly Effect[], index: number): void {
    for (const effect of effects) this.#tell(submit(this.#paper, this.account, { effect, index }), index)
  }
}

/** Runs a strategy at the paper venue. Throws where a bar and its detail bars disagree. */
export const runOrderLoop = (input: OrderLoopInput): OrderLoopResult => {
  const loop = new OrderLoop(input)
  loop.run()
  return loop
}
