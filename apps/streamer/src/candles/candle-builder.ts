import { type CandleRecord, marketId, type MarketName, type TradeRecord } from '@botcriptofy/contracts/stream'
import { addDecimals } from '@botcriptofy/venues/frame'
import { carriedBar } from './carried-bar.ts'

const MINUTE_MS = 60_000
/** Trades of the last moment may still be on their way when the venue's clock has passed the minute. */
const GRACE_MS = 3000
/** Longer without a trade, and it is a clock that leapt, or a hole for REST. */
const LONGEST_QUIET_MS = 1440 * MINUTE_MS

export interface CandleBuilderOptions {
  /** A closed bar, every trade of which was seen. */
  readonly publish: (candle: CandleRecord) => void
}

export interface CandleBuilder {
  /** Takes a trade that is new; `isNext` when none is missing between it and the one before. */
  readonly take: (trade: TradeRecord, isNext: boolean) => void
  /** What the venue's clock says, by any frame of it: bars end without a further trade too. */
  readonly advance: (exchangeTimeMs: number) => void
  /** Until the next trade of the market nobody knows what was traded meanwhile. */
  readonly suspend: (market: MarketName) => void
  /** The market is followed no longer. */
  readonly forget: (market: MarketName) => void
}

/** The minute of one market that is under way. */
interface OpenBar {
  /** False when trades of it may be missing: such a bar is left to be read over REST. */
  isWhole: boolean
  /** No clock may close it, only a trade. */
  isSuspended: boolean
  bar: CandleRecord
}

/**
 * Candles of one minute from a venue's trades, for venues that do not say when theirs are closed. A minute without a
 * trade carries the last price on with volume 0. What cannot be proven whole is not published: the hole it leaves is
 * repaired over REST like any other.
 */
export const createCandleBuilder = ({ publish }: CandleBuilderOptions): CandleBuilder => {
  const open = new Map<string, OpenBar>()
  /** Closes the bar, and then those without a trade, as long as they end by `timeMs`. */
  const closeUntil = (id: string, timeMs: number): void => {
    for (let current = open.get(id); current !== undefined; current = open.get(id)) {
      const { bar, isWhole } = current
      if (bar.openTimeMs + MINUTE_MS > timeMs) return
      if (isWhole) publish({ ...bar, exchangeTimeMs: bar.openTimeMs + MINUTE_MS, closed: true })
      open.set(id, { isWhole: true, isSuspended: false, bar: carriedBar(bar, MINUTE_MS) })
    }
  }
  return {
    take: (trade, isNext) => {
      const id = marketId(trade)
      if (!isNext) {
        // The bar at hand, and all up to this trade, may lack some.
        open.set(id, startedIn(trade))
        return
      }
      if (isNear(open.get(id), trade.exchangeTimeMs)) closeUntil(id, trade.exchangeTimeMs)
      const current = open.get(id)
      if (current === undefined || !isNear(current, trade.exchangeTimeMs)) open.set(id, startedIn(trade))
      else open.set(id, { ...current, isSuspended: false, bar: extended(current.bar, trade) })
    },
    advance: (exchangeTimeMs) => {
      for (const [id, current] of open) {
        if (!current.isSuspended && isNear(current, exchangeTimeMs)) closeUntil(id, exchangeTimeMs - GRACE_MS)
      }
    },
    suspend: (market) => {
      const current = open.get(marketId(market))
      if (current !== undefined) current.isSuspended = true
    },
    forget: (market) => void open.delete(marketId(market)),
  }
}

/** The next minutes, or a trade that is stamped a little before its bar. */
const isNear = (current: OpenBar | undefined, timeMs: number): boolean => {
  const aheadMs = timeMs - (current?.bar.openTimeMs ?? timeMs)
  return aheadMs >= -MINUTE_MS && aheadMs <= LONGEST_QUIET_MS
}

/** Trades before this one may be missing. */
const startedIn = (trade: TradeRecord): OpenBar => ({
  isWhole: false,
  isSuspended: false,
  bar: firstBar(trade),
})

const firstBar = ({ venue, symbol, price, amount, exchangeTimeMs }: TradeRecord): CandleRecord => ({
  type: 'candle',
  venue,
  symbol,
  exchangeTimeMs,
  timeframe: '1m',
  openTimeMs: Math.floor(exchangeTimeMs / MINUTE_MS) * MINUTE_MS,
  open: price,
  high: price,
  low: price,
  close: price,
  volume: amount,
  closed: false,
})

const extended = (bar: CandleRecord, trade: TradeRecord): CandleRecord => {
  // A trade that is stamped a little before the bar began belongs to it all the same: ids are the order.
  if (bar.carried) return { ...firstBar(trade), openTimeMs: bar.openTimeMs }
  const { price } = trade
  return {
    ...bar,
    exchangeTimeMs: trade.exchangeTimeMs,
    high: Number(price) > Number(bar.high) ? price : bar.high,
    low: Number(price) < Number(bar.low) ? price : bar.low,
    close: price,
    volume: addDecimals(bar.volume, trade.amount),
  }
}
