import { decide, flatStance, noteEffects, noteEvent, type Stance } from '../bot/index.ts'
import type { Effect, VenueEvent } from '../orders/index.ts'
import { type PaperAccount, type PaperSetup, submit } from '../paper/index.ts'
import {
  type FlagColumn,
  operandColumn,
  type PriceLevelPlan,
  type Program,
  type SeriesColumns,
  valueAt,
} from '../strategy/index.ts'

interface Rules {
  readonly program: Program
  readonly series: SeriesColumns
  /** ENTRY_… and EXIT_… bits of each bar; 0 where no signal is allowed. */
  readonly signals: FlagColumn
}

export interface OrderDeskInput extends Rules {
  readonly paper: PaperSetup
  readonly account: PaperAccount
}

/** Reads the operand of a level at a bar. */
const levelReader = (
  { program, series }: Rules,
  level: PriceLevelPlan | null | undefined,
): ((bar: number) => number) => {
  if (level?.kind !== 'operand') return () => Number.NaN
  const column = operandColumn(level.operand, { program, series })
  return (bar) => valueAt(column, bar)
}

/** The core by columns: decides at closes, orders at the venue and hears from it. */
export class OrderDesk {
  readonly stance: Stance = flatStance()
  readonly #input: OrderDeskInput
  readonly #stopAt: (bar: number) => number
  readonly #limitAt: (bar: number) => number

  constructor(input: OrderDeskInput) {
    const { entryOrder } = input.program
    this.#input = input
    this.#stopAt = levelReader(input, entryOrder?.stop)
    this.#limitAt = levelReader(input, entryOrder?.limit)
  }

  /** Nothing is held and nothing ordered. */
  isIdle(): boolean {
    const { position, entries, cancels } = this.#input.account
    return position === null && entries.length === 0 && cancels.length === 0
  }

  /** Something is on its way to the venue. */
  isOrdering(): boolean {
    const { entries, cancels, exit } = this.#input.account
    return entries.length > 0 || cancels.length > 0 || exit !== null
  }

  decide(bar: number): void {
    const { program, signals, series } = this.#input
    const decision = {
      bits: signals.bytes[bar]!,
      close: series.candles.close[bar]!,
      stop: this.#stopAt(bar),
      limit: this.#limitAt(bar),
    }
    const effects = decide(program, this.stance, decision)
    noteEffects(this.stance, effects)
    this.#send(effects, bar)
  }

  /** The bar has closed: what it brought, the close at which a position is held, and what follows from both. */
  close(events: readonly VenueEvent[], bar: number): void {
    this.#tell(events, bar)
    if (this.stance.side !== 0) this.stance.heldCloses++
    // The last bar decides nothing, the bars before the first that may signal have no position.
    if (bar < this.#input.series.bars - 1) this.decide(bar)
  }

  #tell(events: readonly VenueEvent[], bar: number): void {
    for (const event of events) this.#send(noteEvent(this.stance, event), bar)
  }

  #send(effects: readonly Effect[], index: number): void {
    const { paper, account } = this.#input
    for (const effect of effects) this.#tell(submit(paper, account, { effect, index }), index)
  }
}
