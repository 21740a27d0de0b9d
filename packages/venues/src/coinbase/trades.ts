import type { TradeRecord } from '@botcriptofy/contracts/stream'
import { tradesOf } from './market-events.ts'

/**
 * Reads the body of `GET …/products/{id}/ticker`, whose rows are those of the trade channel: the newest first, the side
 * the maker's. Returns them in the order of time. Throws an `UnreadableFrame`.
 */
export const tradesFromRest = (body: unknown): readonly TradeRecord[] =>
  tradesOf(body, { timeMs: null, sequence: 0 })
