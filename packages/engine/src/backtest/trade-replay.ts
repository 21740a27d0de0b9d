import type { PaperAccount, PaperPosition } from '../paper/index.ts'
import { runOrderLoop } from './order-loop.ts'
import { signalsFor } from './order-run.ts'
import { type BacktestInput, limitRows } from './run-backtest.ts'

/** From `bar` on a level stands at `price`; what a bar itself moves counts from the next one. */
export interface LevelStep {
  readonly bar: number
  readonly price: number
}

export const LEVELS = ['stop', 'target', 'trail'] as const
type LevelName = (typeof LEVELS)[number]

/** What a trade does not say of itself. */
export interface ReplayedTrade {
  /** The bar whose close ordered the entry. */
  entryBar: number | null
  /** The bar whose close ordered the exit; null where an order that rested did it. */
  exitBar: number | null
  /** Where stop, target and trailing stop stood while the position was held over a close. */
  readonly levels: Readonly<Record<LevelName, LevelStep[]>>
}

const blank = (): ReplayedTrade => ({
  entryBar: null,
  exitBar: null,
  levels: { stop: [], target: [], trail: [] },
})

interface WaitingOrder {
  readonly decidedAt: number
  readonly eligibleFrom: number
}

class Replay {
  /** By the bar of the entry. */
  readonly trades = new Map<number, ReplayedTrade>()
  /** Bars whose closes ordered what had gone by the close of a bar; all that is known of a trade within one bar. */
  readonly gone = new Map<number, number>()
  readonly #latencyBars: number
  readonly #most: number
  /** By the id of the order, as of the last bar seen. */
  #waiting: ReadonlyMap<number, WaitingOrder> = new Map()

  constructor(latencyBars: number, most: number) {
    this.#latencyBars = latencyBars
    this.#most = most
  }

  see({ entries, exit, position }: PaperAccount, bar: number): void {
    if (this.trades.size >= this.#most) return
    const waiting = new Map(
      entries.map(({ id, eligibleFrom }) => [id, { decidedAt: this.#decided(eligibleFrom), eligibleFrom }]),
    )
    for (const [id, { decidedAt, eligibleFrom }] of this.#waiting) {
      if (eligibleFrom <= bar && !waiting.has(id)) this.gone.set(bar, decidedAt)
    }
    if (position !== null) {
      const trade = this.#tradeOf(position)
      if (exit !== null) trade.exitBar = this.#decided(exit.eligibleFrom)
      for (const name of LEVELS) this.#move(trade.levels[name], position, { name, bar })
    }
    this.#waiting = waiting
  }

  #decided(eligibleFrom: number): number {
    return eligibleFrom - 1 - this.#latencyBars
  }

  #tradeOf({ entryIndex, entryOrderId }: PaperPosition): ReplayedTrade {
    const known = this.trades.get(entryIndex)
    if (known !== undefined) return known
    const trade = { ...blank(), entryBar: this.#waiting.get(entryOrderId)?.decidedAt ?? null }
    this.trades.set(entryIndex, trade)
    return trade
  }

  #move(
    steps: LevelStep[],
    position: PaperPosition,
    { name, bar }: { readonly name: LevelName; readonly bar: number },
  ): void {
    const price = position[name]
    if (price === null || steps.at(-1)?.price === price) return
    // Stop and target are armed with the entry; the trailing stop may have moved since then.
    const isArmed = steps.length === 0 && name !== 'trail'
    steps.push({ bar: isArmed ? position.entryIndex : bar + 1, price })
  }
}

/**
 * Runs a backtest once more at the paper venue, which gives the same trades, and notes what they do not say: which
 * closes ordered them and where their stops stood, by the bar of the entry, of the first `most` trades.
 */
export const replayTrades = (input: BacktestInput, most: number): ((entryIndex: number) => ReplayedTrade) => {
  const { program, config, detail } = input
  const series = limitRows(input.series, config.rows)
  const signals = signalsFor(program, series, config)
  const replay = new Replay(config.latencyBars, most)
  runOrderLoop({
    program,
    series,
    signals,
    config,
    equity: new Float64Array(series.bars),
    detail,
    observe: (account, bar) => replay.see(account, bar),
  })
  series.giveBackFlags(signals)
  return (entryIndex) =>
    replay.trades.get(entryIndex) ?? { ...blank(), entryBar: replay.gone.get(entryIndex) ?? null }
}
