import type { BookEvent, MarketName } from '@botcriptofy/contracts/stream'
import { z } from 'zod'
import type { RunningSimulator } from '../../integration/simulator.fixture.ts'

const trades = z.object({
  trades: z.array(
    z.object({
      tradeId: z.string(),
      price: z.string(),
      amount: z.string(),
      side: z.enum(['buy', 'sell']),
      timeMs: z.number(),
    }),
  ),
})
export type TrueTrade = z.infer<typeof trades>['trades'][number]

const level = z.tuple([z.string(), z.string()])
const book = z.object({ version: z.number(), bids: z.array(level), asks: z.array(level) })
export type TrueBook = z.infer<typeof book>

const faults = z.object({ done: z.array(z.object({ fault: z.string() })) })

const get = async <T>({ url }: RunningSimulator, path: string, shape: z.ZodType<T>): Promise<T> => {
  const answer = await fetch(`${url}/simulator/${path}`)
  return shape.parse(await answer.json())
}

/** Trades [fromId, toId] as they were made. */
export const tradedBetween = async (
  simulator: RunningSimulator,
  { venue, symbol }: MarketName,
  { fromId, toId }: { readonly fromId: number; readonly toId: number },
): Promise<readonly TrueTrade[]> => {
  const query = new URLSearchParams({ venue, symbol, fromId: String(fromId), toId: String(toId) })
  return (await get(simulator, `truth/trades?${query.toString()}`, trades)).trades
}

export const newestTradeId = async (simulator: RunningSimulator, market: MarketName): Promise<number> => {
  const all = await tradedBetween(simulator, market, { fromId: 0, toId: Number.MAX_SAFE_INTEGER })
  return Number(all.at(-1)?.tradeId ?? 0)
}

/** The book at the moment of one that was published. */
export const bookAt = (
  simulator: RunningSimulator,
  { exchangeTimeMs }: Extract<BookEvent, { type: 'book_snapshot' }>,
): Promise<TrueBook> => get(simulator, `book?timeMs=${exchangeTimeMs}`, book)

/** How often each kind of fault has hit. */
export const faultsDone = async (simulator: RunningSimulator): Promise<Readonly<Record<string, number>>> => {
  const { done } = await get(simulator, 'faults', faults)
  const counts: Record<string, number> = {}
  for (const { fault } of done) counts[fault] = (counts[fault] ?? 0) + 1
  return counts
}
