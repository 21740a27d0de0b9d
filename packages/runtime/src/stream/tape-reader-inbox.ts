import type { TapeChannel, TapeEvent } from '@botcriptofy/contracts/stream'

/** What waits for one consumer of one channel, within bounds. */
export interface Inbox {
  readonly put: (event: TapeEvent) => void
  /** The next event, which is then no longer here. */
  readonly take: () => TapeEvent | undefined
}

/** Trades and closed candles are counted, tickers and books are replaced; `size` is the most records that may wait. */
export const createInbox = (channel: TapeChannel, size: number): Inbox =>
  channel === 'trade' || channel === 'candle' ? new CountedInbox(size) : new NewestInbox()

type EventOf<Type extends TapeEvent['type']> = Extract<TapeEvent, { type: Type }>
type Numbered = EventOf<'trade' | 'candle'>

const isNumbered = (event: TapeEvent): event is Numbered => event.type === 'trade' || event.type === 'candle'
const idOf = (event: Numbered): string => (event.type === 'trade' ? event.tradeId : String(event.openTimeMs))

/** What ends the state that an event begins. */
const ENDS: Partial<Record<TapeEvent['type'], TapeEvent['type']>> = {
  gap_open: 'gap_closed',
  interrupted: 'resumed',
}

/**
 * Adds what is no record. A state that begins again before its consumer heard that it had ended goes on for him: so only
 * a few such events wait, however often it changes.
 */
const putNotice = (queue: readonly TapeEvent[], event: TapeEvent): TapeEvent[] => {
  const end = ENDS[event.type]
  const begun = end === undefined ? -1 : queue.findIndex(({ type }) => type === event.type)
  if (begun === -1) return [...queue, event]
  const isTakenBack = ({ type }: TapeEvent) =>
    type === end || (event.type === 'gap_open' && type === 'book_snapshot')
  return queue.filter((waiting, at) => at <= begun || !isTakenBack(waiting))
}

/** Only the newest ticker or book waits, and the gaps before it. */
class NewestInbox implements Inbox {
  #queue: TapeEvent[] = []

  put(event: TapeEvent): void {
    if (event.type === 'start') this.#queue = [event]
    else if (event.type === 'ticker' || event.type === 'book_snapshot') {
      this.#queue = [...this.#queue.filter(({ type }) => type !== event.type), event]
    } else this.#queue = putNotice(this.#queue, event)
  }

  take(): TapeEvent | undefined {
    return this.#queue.shift()
  }
}

/** Every record waits; when there is no room for another, all that wait become one `lag`. */
class CountedInbox implements Inbox {
  readonly #size: number
  #queue: TapeEvent[] = []
  #records = 0

  constructor(size: number) {
    this.#size = size
  }

  put(event: TapeEvent): void {
    if (event.type === 'start') this.#startOver(event)
    else if (isNumbered(event) || event.type === 'missing') {
      if (this.#records >= this.#size) this.#giveUp()
      this.#queue.push(event)
      this.#records += 1
    } else this.#queue = putNotice(this.#queue, event)
  }

  take(): TapeEvent | undefined {
    const event = this.#queue.shift()
    if (event !== undefined && (isNumbered(event) || event.type === 'missing')) this.#records -= 1
    return event
  }

  /** What waited is of an epoch that is over; one that the consumer never heard of needs no words. */
  #startOver(start: EventOf<'start'>): void {
    const unheard = this.#queue.findIndex(({ type }) => type === 'start')
    if (unheard !== -1) this.#queue.splice(unheard)
    this.#giveUp()
    this.#queue.push(start)
  }

  #giveUp(): void {
    const start = this.#queue.findIndex(({ type }) => type === 'start')
    const [before, after] = start === -1 ? [this.#queue, []] : split(this.#queue, start + 1)
    this.#queue = [...withoutRecords(before), ...withoutRecords(after)]
    this.#records = 0
  }
}

const split = (queue: readonly TapeEvent[], at: number) => [queue.slice(0, at), queue.slice(at)] as const

/** The events with one `lag` in the place of the records among them. */
const withoutRecords = (queue: readonly TapeEvent[]): TapeEvent[] => {
  const rest: TapeEvent[] = []
  let lag: EventOf<'lag'> | undefined
  let at = 0
  for (const event of queue) {
    const dropped = lagOf(event)
    if (dropped === undefined) rest.push(event)
    else if (lag === undefined) {
      lag = dropped
      at = rest.length
    } else lag = { ...lag, toId: dropped.toId, records: lag.records + dropped.records }
  }
  return lag === undefined || lag.records === 0 ? rest : rest.toSpliced(at, 0, lag)
}

/** What not being told an event means; undefined where it is to be told. */
const lagOf = (event: TapeEvent): EventOf<'lag'> | undefined => {
  if (event.type === 'lag') return event
  if (event.type === 'missing') return { ...event, type: 'lag', records: 0 }
  if (!isNumbered(event)) return undefined
  const { venue, symbol, type } = event
  const id = idOf(event)
  return { type: 'lag', venue, symbol, channel: type, fromId: id, toId: id, records: 1 }
}
