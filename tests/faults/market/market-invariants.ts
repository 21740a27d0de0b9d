import { type BookLevel, marketId, type MarketName, type TapeEvent } from '@botcriptofy/contracts/stream'
import type { RunningSimulator } from '../../integration/simulator.fixture.ts'
import { bookAt, type TrueTrade, tradedBetween } from './simulator-truth.ts'

export interface MarketViolation {
  readonly invariant:
    | 'trades-in-order'
    | 'trades-whole'
    | 'trades-true'
    | 'books-proven'
    | 'books-true'
    | 'reader-kept-up'
  readonly market: string
  readonly detail: string
}

export interface MarketEvidence {
  readonly market: MarketName
  /** What a reader of the tape was told, from before the first fault on. */
  readonly events: readonly TapeEvent[]
}

/** Books that are compared with the simulator's, spread over the run. */
const COMPARED_BOOKS = 300

type Found = Pick<MarketViolation, 'invariant' | 'detail'>

export const violationsOf = async (
  simulator: RunningSimulator,
  evidence: MarketEvidence,
): Promise<readonly MarketViolation[]> => {
  const found = [
    ...inOrder(evidence),
    ...(await asTraded(simulator, evidence)),
    ...onlyProven(evidence),
    ...(await asBooked(simulator, evidence)),
    ...keptUp(evidence),
  ]
  return found.map((violation) => ({ market: marketId(evidence.market), ...violation }))
}

const tradesOf = ({ events }: MarketEvidence) => events.filter((event) => event.type === 'trade')

/** Each id once, and each later than the one before. */
const inOrder = (evidence: MarketEvidence): readonly Found[] => {
  const ids = tradesOf(evidence).map(({ tradeId }) => Number(tradeId))
  return ids.flatMap((id, at) => {
    const before = ids[at - 1]
    return before === undefined || id > before
      ? []
      : [{ invariant: 'trades-in-order' as const, detail: `${id} after ${before}` }]
  })
}

/** Every trade that was made is there as it was made, or its id is named as missing. */
const asTraded = async (simulator: RunningSimulator, evidence: MarketEvidence): Promise<readonly Found[]> => {
  const told = new Map(tradesOf(evidence).map((trade) => [trade.tradeId, trade]))
  const ids = [...told.keys()].map(Number)
  const range = { fromId: Math.min(...ids), toId: Math.max(...ids) }
  const isNamed = (id: number) =>
    evidence.events.some(
      (event) => event.type === 'missing' && id >= Number(event.fromId) && id <= Number(event.toId),
    )
  const traded = await tradedBetween(simulator, evidence.market, range)
  return traded.flatMap((trade): readonly Found[] => {
    const one = told.get(trade.tradeId)
    if (one === undefined) {
      if (isNamed(Number(trade.tradeId))) return []
      return [{ invariant: 'trades-whole', detail: `${trade.tradeId} is missing, and not named` }]
    }
    const isTrue = Object.entries(trade).every(([name, value]) => figureOf(one, name) === value)
    if (isTrue) return []
    return [{ invariant: 'trades-true', detail: `${JSON.stringify(one)}, was ${JSON.stringify(trade)}` }]
  })
}

const figureOf = (
  { exchangeTimeMs, ...trade }: Extract<TapeEvent, { type: 'trade' }>,
  name: string,
): unknown => ({ ...trade, timeMs: exchangeTimeMs })[name as keyof TrueTrade]

/** No book between `gap_open` and `gap_closed`. */
const onlyProven = ({ events }: MarketEvidence): readonly Found[] => {
  let isLost = false
  const found: Found[] = []
  for (const event of events) {
    if (event.type === 'gap_open') isLost = true
    if (event.type === 'gap_closed') isLost = false
    if (event.type === 'book_snapshot' && isLost)
      found.push({ invariant: 'books-proven', detail: `a book at ${event.exchangeTimeMs} inside a gap` })
  }
  return found
}

const asBooked = async (
  simulator: RunningSimulator,
  { events }: MarketEvidence,
): Promise<readonly Found[]> => {
  // A snapshot over REST says no moment of its own.
  const books = events
    .filter((event) => event.type === 'book_snapshot')
    .filter(({ exchangeTimeMs }) => exchangeTimeMs !== null)
  const step = Math.max(1, Math.floor(books.length / COMPARED_BOOKS))
  const found: Found[] = []
  for (const book of books.filter((_, at) => at % step === 0)) {
    const truth = await bookAt(simulator, book)
    for (const side of ['bids', 'asks'] as const)
      if (!isSame(book[side], truth[side]))
        found.push({ invariant: 'books-true', detail: `${side} at ${book.exchangeTimeMs}` })
  }
  return found
}

const isSame = (told: readonly BookLevel[], truth: readonly BookLevel[]): boolean =>
  told.every(
    ([price, amount], at) =>
      Number(price) === Number(truth[at]?.[0]) && Number(amount) === Number(truth[at]?.[1]),
  )

/** The lab itself must not be what loses a record. */
const keptUp = ({ events }: MarketEvidence): readonly Found[] =>
  events.flatMap((event) =>
    event.type === 'lag' || event.type === 'interrupted'
      ? [{ invariant: 'reader-kept-up' as const, detail: JSON.stringify(event) }]
      : [],
  )
