import {
  bookTapeKey,
  candleTapeKey,
  decodeBookEvents,
  decodeCandle,
  decodeTicker,
  decodeTrades,
  EPOCH_FIELD,
  lastBookKey,
  lastTickerKey,
  type MarketName,
  TAPE_FIELD,
  TAPE_TIMEFRAME,
  TAPE_TIMEFRAME_MS,
  type TapeChannel,
  type TapeEvent,
  tickerTapeKey,
  tradeTapeKey,
} from '@botcriptofy/contracts/stream'
import type { Delivery } from './tape-reader-delivery.ts'

/** One entry of a stream as Redis gives it: its id, and names and values in turn. */
export type StreamEntry = readonly [id: string, fields: readonly string[]]

const KEYS = {
  trade: tradeTapeKey,
  candle: (market) => candleTapeKey(market, TAPE_TIMEFRAME),
  ticker: tickerTapeKey,
  book: bookTapeKey,
} as const satisfies Record<TapeChannel, (market: MarketName) => string>

/** Where the newest record stands when the stream itself was trimmed away. */
const LAST_KEYS: Partial<Record<TapeChannel, (market: MarketName) => string>> = {
  ticker: lastTickerKey,
  book: lastBookKey,
}

const DECODERS = {
  trade: decodeTrades,
  candle: (_, text) => [decodeCandle(text)],
  ticker: (_, text) => [decodeTicker(text)],
  book: (_, text) => decodeBookEvents(text),
} as const satisfies Record<TapeChannel, (market: MarketName, text: string) => readonly TapeEvent[]>

const FROM_THE_BEGINNING = '0-0'

/** What a source begins with: the newest entry, read before the rest, and what else the market's keys say. */
export interface SourceStart {
  readonly newest: StreamEntry | undefined
  readonly last: string | undefined
  readonly epoch: number | null
}

/** One channel of one market: how far it is read, and the consumers that are told. */
export class TapeSource {
  readonly market: MarketName
  readonly channel: TapeChannel
  readonly key: string
  readonly lastKey: string | undefined
  readonly deliveries = new Set<Delivery>()
  readonly #onUnreadable: (error: unknown, id: string) => void
  /** Id of the last entry that was read. */
  cursor = FROM_THE_BEGINNING
  isOpen = false
  #epoch: number | null = null
  /** Number of the last record, where records are numbered. */
  #lastId: number | undefined
  /** What a consumer that joins is told first. */
  #newest: TapeEvent | undefined
  #interruption: TapeEvent | undefined

  constructor(market: MarketName, channel: TapeChannel, onUnreadable: (error: unknown, id: string) => void) {
    this.market = market
    this.channel = channel
    this.key = KEYS[channel](market)
    this.lastKey = LAST_KEYS[channel]?.(market)
    this.#onUnreadable = onUnreadable
  }

  get #about() {
    return { venue: this.market.venue, symbol: this.market.symbol, channel: this.channel }
  }

  open({ newest, last, epoch }: SourceStart): void {
    this.isOpen = true
    this.#epoch = epoch
    const isCurrent = newest !== undefined && !this.#isOfOtherEpoch(epochOf(newest))
    if (isCurrent) this.cursor = newest[0]
    const text = isCurrent ? valueOf(newest, TAPE_FIELD) : last
    const record = text === undefined ? undefined : this.#decode(text, this.cursor).at(-1)
    if (record !== undefined) this.#remember(record)
    for (const delivery of this.deliveries) this.#tellStart(delivery)
  }

  /** The consumer is told where the channel stands, at once or as soon as that is known, and all that follows. */
  join(delivery: Delivery): void {
    this.deliveries.add(delivery)
    if (this.isOpen) this.#tellStart(delivery)
  }

  take(entries: readonly StreamEntry[]): void {
    for (const entry of entries) {
      const epoch = epochOf(entry)
      if (epoch !== undefined && this.#epoch !== null && epoch > this.#epoch) return this.startOver(epoch)
      this.cursor = entry[0]
      // What an owner before has left.
      if (this.#isOfOtherEpoch(epoch)) continue
      for (const event of this.#decode(valueOf(entry, TAPE_FIELD) ?? '', entry[0])) this.#takeEvent(event)
    }
  }

  /** The market's keys tell of an epoch: unless it is known, numbered records begin anew. */
  noteEpoch(epoch: number | null): void {
    if (epoch === null || epoch === this.#epoch) return
    if (this.#epoch === null || !this.#isNumbered) this.#epoch = epoch
    else this.startOver(epoch)
  }

  /** The tape was cleared: reads it from its beginning. */
  startOver(epoch: number): void {
    this.#epoch = epoch
    this.#lastId = undefined
    this.#newest = undefined
    if (this.#isNumbered) this.cursor = FROM_THE_BEGINNING
    this.#tell({ type: 'start', ...this.#about, epoch })
  }

  /** Why the channel cannot be relied on now; undefined when nothing stands against it. */
  setTrouble(reason: string | undefined): void {
    if ((reason === undefined) === (this.#interruption === undefined)) return
    const atMs = Date.now()
    if (reason === undefined) this.#interruption = undefined
    else this.#interruption = { type: 'interrupted', ...this.#about, reason, atMs }
    if (this.isOpen) this.#tell(this.#interruption ?? { type: 'resumed', ...this.#about, atMs })
  }

  get #isNumbered(): boolean {
    return this.channel === 'trade' || this.channel === 'candle'
  }

  #isOfOtherEpoch(epoch: number | undefined): boolean {
    return epoch !== undefined && this.#epoch !== null && epoch !== this.#epoch
  }

  #takeEvent(event: TapeEvent): void {
    const lastId = this.#lastId
    const id = numberOf(event)
    if (id !== undefined && lastId !== undefined) {
      if (id <= lastId) return
      const step = event.type === 'candle' ? TAPE_TIMEFRAME_MS : 1
      if (id > lastId + step) {
        const range = { fromId: String(lastId + step), toId: String(id - step) }
        this.#tell({ type: 'missing', ...this.#about, ...range })
      }
    }
    this.#remember(event)
    this.#tell(event)
  }

  #remember(event: TapeEvent): void {
    this.#lastId = numberOf(event) ?? this.#lastId
    // A gap that has closed is followed by its book.
    this.#newest = event.type === 'gap_closed' ? undefined : event
  }

  #tellStart(delivery: Delivery): void {
    const start: TapeEvent = { type: 'start', ...this.#about, epoch: this.#epoch }
    for (const event of [start, this.#newest, this.#interruption]) {
      if (event !== undefined) delivery.put(this.channel, event)
    }
  }

  #tell(event: TapeEvent): void {
    for (const delivery of this.deliveries) delivery.put(this.channel, event)
  }

  /** What cannot be read is as if it had never come: numbered records show the hole. */
  #decode(text: string, id: string): readonly TapeEvent[] {
    try {
      return DECODERS[this.channel](this.market, text)
    } catch (error) {
      this.#onUnreadable(error, id)
      return []
    }
  }
}

const numberOf = (event: TapeEvent): number | undefined => {
  if (event.type === 'trade') return Number(event.tradeId)
  return event.type === 'candle' ? event.openTimeMs : undefined
}

const valueOf = ([, fields]: StreamEntry, name: string): string | undefined => {
  for (let at = 0; at < fields.length; at += 2) if (fields[at] === name) return fields[at + 1]
  return undefined
}

const epochOf = (entry: StreamEntry): number | undefined => {
  const text = valueOf(entry, EPOCH_FIELD)
  return text === undefined ? undefined : Number(text)
}
