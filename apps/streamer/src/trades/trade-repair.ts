import { marketId, type MarketName, type TradeRecord } from '@botcriptofy/contracts/stream'
import type { Log } from '@botcriptofy/runtime/log'
import type { StreamMetrics } from '@botcriptofy/runtime/stream'
import type { Pacer } from '@botcriptofy/runtime/connection'
import { type SequencePosition, stepSequence } from '../tape/trade-sequence.ts'
import type { TradeRange } from '@botcriptofy/venues/frame'

/** So long the trades after a hole wait for those that are missing. */
const HOLD_LIMIT_MS = 10_000
/** A longer hole is named at once: it would not be filled within the limit. */
const MOST_MISSING = 10_000
/** Trades that may wait behind a hole. */
const MOST_HELD = 50_000

export interface TradeRepairOptions {
  readonly nativeOf: (symbol: string) => string | undefined
  /** The last trade that was published. */
  readonly positionOf: (market: MarketName) => SequencePosition
  readonly fetchTrades: (range: TradeRange) => Promise<readonly TradeRecord[]>
  /** The calls of a venue take turns. */
  readonly calls: Pacer
  readonly publish: (trade: TradeRecord, receivedMs: number) => void
  /** After the last trade that was published some are missing: what comes now is published later. */
  readonly onHole: (market: MarketName) => void
  readonly metrics: StreamMetrics
  readonly log: Log
  readonly signal: AbortSignal
  readonly holdLimitMs?: number
}

export interface TradeRepair {
  readonly take: (trade: TradeRecord, receivedMs: number) => void
  /** The market is followed no longer: what waits is not published. */
  readonly forget: (market: MarketName) => void
}

interface Received {
  readonly trade: TradeRecord
  readonly receivedMs: number
}

/** The trades of one market behind a hole, by their ids. */
interface Hold {
  readonly market: MarketName
  readonly trades: Map<number, Received>
  readonly limit: NodeJS.Timeout
}

/**
 * Trades in the order of their ids and without holes. Those that come after a hole wait while the missing ones are
 * fetched over REST, or arrive late by themselves; a hole that is not filled in time is left for the tape to name.
 */
export const createTradeRepair = (options: TradeRepairOptions): TradeRepair => {
  const { positionOf, publish } = options
  const holds = new Map<string, Hold>()
  const end = (hold: Hold): void => {
    clearTimeout(hold.limit)
    holds.delete(marketId(hold.market))
  }
  const release = (hold: Hold): void => {
    end(hold)
    const ids = [...hold.trades.keys()].toSorted((a, b) => a - b)
    for (const id of ids) publishFrom(hold, id, publish)
  }
  /** Publishes what follows the last published trade; the hold ends when nothing waits any more. */
  const drain = (hold: Hold): void => {
    for (let id = (positionOf(hold.market).lastId ?? 0) + 1; hold.trades.has(id); id += 1)
      publishFrom(hold, id, publish)
    if (hold.trades.size === 0) end(hold)
    else if (hold.trades.size > MOST_HELD) release(hold)
    else options.onHole(hold.market)
  }
  const isHeld = (hold: Hold): boolean => holds.get(marketId(hold.market)) === hold
  const repair = async (hold: Hold): Promise<void> => {
    while (isHeld(hold) && !options.signal.aborted) {
      const received = await fetchHole(options, hold)
      if (!isHeld(hold)) return
      const { lastId = 0 } = positionOf(hold.market)
      const fetched = received.filter(
        ({ tradeId }) => Number(tradeId) > lastId && !hold.trades.has(Number(tradeId)),
      )
      options.metrics.repairedTrades.inc({ market: marketId(hold.market) }, fetched.length)
      for (const trade of fetched) hold.trades.set(Number(trade.tradeId), { trade, receivedMs: Date.now() })
      drain(hold)
    }
  }
  const start = (market: MarketName, first: Received): void => {
    const limit = setTimeout(() => release(hold), options.holdLimitMs ?? HOLD_LIMIT_MS)
    const hold: Hold = { market, trades: new Map([[Number(first.trade.tradeId), first]]), limit }
    holds.set(marketId(market), hold)
    drain(hold)
    void repair(hold)
  }
  // What waits is not published: the next start finds the hole again, and fills it.
  options.signal.addEventListener('abort', () => [...holds.values()].forEach(end), { once: true })
  return {
    take: (trade, receivedMs) => {
      const { venue, symbol } = trade
      const id = Number(trade.tradeId)
      const step = stepSequence(positionOf(trade), { id, timeMs: trade.exchangeTimeMs })
      const hold = holds.get(marketId(trade))
      if (hold !== undefined && step.kind === 'restart') release(hold)
      else if (hold !== undefined && step.kind !== 'duplicate') {
        hold.trades.set(id, { trade, receivedMs })
        return drain(hold)
      }
      const isHole = step.kind === 'gap' && step.toId - step.fromId < MOST_MISSING
      if (isHole && !options.signal.aborted) start({ venue, symbol }, { trade, receivedMs })
      else publish(trade, receivedMs)
    },
    forget: (market) => {
      const hold = holds.get(marketId(market))
      if (hold === undefined) return
      hold.trades.clear()
      end(hold)
    },
  }
}

const publishFrom = (hold: Hold, id: number, publish: TradeRepairOptions['publish']): void => {
  const received = hold.trades.get(id)
  hold.trades.delete(id)
  if (received !== undefined) publish(received.trade, received.receivedMs)
}

/** What one call gives of the trades up to the end of the first hole; nothing when it fails. */
const fetchHole = async (options: TradeRepairOptions, hold: Hold): Promise<readonly TradeRecord[]> => {
  const { market } = hold
  await new Promise<void>((resolve) => options.calls.schedule(resolve))
  const { lastId = 0, lastTimeMs = 0 } = options.positionOf(market)
  const nextId = Math.min(...hold.trades.keys())
  const next = hold.trades.get(nextId)
  if (next === undefined) return []
  const range: TradeRange = {
    symbol: market.symbol,
    native: options.nativeOf(market.symbol) ?? market.symbol,
    fromId: lastId + 1,
    toId: nextId - 1,
    fromMs: lastTimeMs,
    toMs: next.trade.exchangeTimeMs,
  }
  try {
    const trades = await options.fetchTrades(range)
    return trades.filter(({ tradeId }) => Number(tradeId) <= range.toId)
  } catch (error) {
    options.log.warn({ err: error, market: marketId(market) }, 'trades could not be repaired')
    return []
  }
}
