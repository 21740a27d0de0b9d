import type {
  BookEvent,
  CandleRecord,
  MarketName,
  TapeGap,
  TickerRecord,
  TradeRecord,
} from '@botcriptofy/contracts/stream'
import type { TapePosition } from '@botcriptofy/runtime/stream'
import { addBookEvent } from '../books/newest-book.ts'
import { type SequencePosition, type SequenceStep, stepSequence } from './trade-sequence.ts'

/** What waits to be written for one market. */
export interface PendingBatch {
  /** The venue started over: the stored tape is cleared before this batch is written. */
  readonly restart: boolean
  readonly receivedMs: number
  readonly trades: TradeRecord[]
  readonly candles: CandleRecord[]
  readonly gaps: TapeGap[]
  ticker: TickerRecord | undefined
  readonly books: BookEvent[]
}

/** Records of a batch. */
export const sizeOf = ({ trades, candles, ticker, books }: PendingBatch): number =>
  trades.length + candles.length + books.length + (ticker === undefined ? 0 : 1)

const emptyBatch = (receivedMs: number, restart = false): PendingBatch => ({
  restart,
  receivedMs,
  trades: [],
  candles: [],
  gaps: [],
  ticker: undefined,
  books: [],
})

/** The order of one market: decides what is new and collects it until it is taken for writing. */
export class MarketTape {
  readonly market: MarketName
  epoch: number
  #lastId: number | undefined
  #lastTimeMs: number | undefined
  /** Of the newest ticker. */
  #clockMs: number | undefined
  #lastCandleOpenMs: number | undefined
  #pending: PendingBatch[] = []
  #newestBook: BookEvent | undefined

  /** Without a position nothing is known of what came before, and nothing may be written. */
  constructor(market: MarketName, position?: TapePosition) {
    this.market = market
    this.epoch = position?.epoch ?? 0
    this.#lastId = position?.lastTradeId
    this.#lastTimeMs = position?.lastTradeTimeMs
    this.#lastCandleOpenMs = position?.lastCandleOpenMs
  }

  /** Records that wait. */
  get waiting(): number {
    return this.#pending.reduce((sum, batch) => sum + sizeOf(batch), 0)
  }

  get lastTrade(): SequencePosition {
    return { lastId: this.#lastId, lastTimeMs: this.#lastTimeMs, clockMs: this.#clockMs }
  }

  get lastCandleOpenMs(): number | undefined {
    return this.#lastCandleOpenMs
  }

  addTrade(trade: TradeRecord, receivedMs: number): SequenceStep {
    const id = Number(trade.tradeId)
    const step = stepSequence(this.lastTrade, { id, timeMs: trade.exchangeTimeMs })
    if (step.kind === 'duplicate') return step
    if (step.kind === 'restart') {
      this.#lastCandleOpenMs = undefined
      this.#pending.push(emptyBatch(receivedMs, true))
    }
    const batch = this.#currentBatch(receivedMs)
    if (step.kind === 'gap') {
      batch.gaps.push({ fromId: String(step.fromId), toId: String(step.toId), detectedMs: receivedMs })
    }
    batch.trades.push(trade)
    this.#lastId = id
    this.#lastTimeMs = trade.exchangeTimeMs
    return step
  }

  /** False when the candle was stored already. Only closed candles belong here. */
  addCandle(candle: CandleRecord, receivedMs: number): boolean {
    if (this.#lastCandleOpenMs !== undefined && candle.openTimeMs <= this.#lastCandleOpenMs) return false
    this.#currentBatch(receivedMs).candles.push(candle)
    this.#lastCandleOpenMs = candle.openTimeMs
    return true
  }

  /** Only the newest waits; true where it took the place of another. */
  setTicker(ticker: TickerRecord, receivedMs: number): boolean {
    this.#clockMs = ticker.exchangeTimeMs ?? this.#clockMs
    const batch = this.#currentBatch(receivedMs)
    const replaces = batch.ticker !== undefined
    batch.ticker = ticker
    return replaces
  }

  /** What was said of the book last. */
  get newestBook(): BookEvent | undefined {
    return this.#newestBook
  }

  /** Of books that follow each other only the newest waits; true where it took the place of another. */
  addBook(event: BookEvent, receivedMs: number): boolean {
    this.#newestBook = event
    return addBookEvent(this.#currentBatch(receivedMs).books, event)
  }

  /** Hands over everything that waits, oldest first. */
  takePending(): readonly PendingBatch[] {
    const taken = this.#pending
    this.#pending = []
    return taken
  }

  /** Puts back what was taken and could not be written. */
  putBack(batches: readonly PendingBatch[]): void {
    this.#pending = [...batches, ...this.#pending]
  }

  /** What comes from now on waits in a batch of its own, so that it can be dropped by its age. */
  cut(receivedMs: number): void {
    const newest = this.#pending.at(-1)
    if (newest === undefined || sizeOf(newest) > 0) this.#pending.push(emptyBatch(receivedMs))
  }

  /** Drops the oldest of what waits: batches that began before the time, and those beyond so many records. */
  trim({ sinceMs, mostRecords }: { readonly sinceMs: number; readonly mostRecords: number }): void {
    let records = this.waiting
    while (this.#pending.length > 1) {
      const [oldest, next] = this.#pending
      if (oldest === undefined || next === undefined) return
      // The oldest ends where the next begins.
      if (next.receivedMs > sinceMs && records <= mostRecords) return
      records -= sizeOf(oldest)
      this.#pending.shift()
    }
  }

  #currentBatch(receivedMs: number): PendingBatch {
    let batch = this.#pending.at(-1)
    if (batch === undefined) {
      batch = emptyBatch(receivedMs)
      this.#pending.push(batch)
    }
    return batch
  }
}
