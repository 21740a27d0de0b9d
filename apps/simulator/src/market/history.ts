import { barOpenAt } from '@botcriptofy/engine/market'
import { addTrade, addWholeBar, type BarFlow, type Kline, openKline } from './kline.ts'
import { barIndexAt, type Series, stepBarAt } from './series.ts'
import { type NumberedTrade, randomOfBar, tradesOfBar } from './trades.ts'

/** The trades of one bar. */
export const tradesAt = (series: Series, index: number): readonly NumberedTrade[] =>
  tradesOfBar(stepBarAt(series, index), {
    random: randomOfBar(series.seed, index),
    firstId: series.firstTradeIds[index]!,
  })

/** The newest trade up to a moment; undefined before the first. */
export const lastTradeAt = (series: Series, timeMs: number): NumberedTrade | undefined => {
  for (let index = barIndexAt(series, timeMs); index >= 0; index -= 1) {
    const trade = tradesAt(series, index).findLast((one) => one.timeMs <= timeMs)
    if (trade) return trade
  }
  return undefined
}

/** The newest trades up to a moment, ascending. */
export const recentTrades = (series: Series, { nowMs, count }: { nowMs: number; count: number }) => {
  const trades: NumberedTrade[] = []
  for (let index = barIndexAt(series, nowMs); index >= 0 && trades.length < count; index -= 1) {
    trades.unshift(...tradesAt(series, index).filter(({ timeMs }) => timeMs <= nowMs))
  }
  return trades.slice(-count)
}

export interface TradeRange {
  /** The first id that is wanted. */
  readonly fromId?: number | undefined
  /** Inclusive. */
  readonly startMs?: number | undefined
  readonly endMs?: number | undefined
}

export interface TradeQuery extends TradeRange {
  readonly count: number
  /** Nothing after this moment has happened yet. */
  readonly nowMs: number
}

/** The oldest trades of a range, ascending. */
export const tradesIn = (series: Series, query: TradeQuery): readonly NumberedTrade[] => {
  const { fromId = 0, startMs = Number.NEGATIVE_INFINITY, count } = query
  const untilMs = Math.min(query.nowMs, query.endMs ?? query.nowMs)
  const lastIndex = barIndexAt(series, untilMs)
  const trades: NumberedTrade[] = []
  let index = Math.max(0, barIndexAt(series, startMs), barOfTrade(series, fromId))
  for (; index <= lastIndex && trades.length < count; index += 1) {
    trades.push(
      ...tradesAt(series, index).filter(
        ({ id, timeMs }) => id >= fromId && timeMs >= startMs && timeMs <= untilMs,
      ),
    )
  }
  return trades.slice(0, count)
}

/** The last bar whose first trade is not after this one; -1 before all. */
const barOfTrade = ({ firstTradeIds, candles }: Series, id: number): number => {
  let [low, high] = [0, candles.time.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (firstTradeIds[middle]! <= id) low = middle + 1
    else high = middle
  }
  return low - 1
}

export const flowAt = (series: Series, index: number): BarFlow =>
  (series.flows[index] ??= sumFlow(series, index))

const sumFlow = (series: Series, index: number): BarFlow => {
  let [quoteVolume, takerBuyVolume, takerBuyQuoteVolume] = [0, 0, 0]
  const trades = tradesAt(series, index)
  for (const { price, amount, takerSells } of trades) {
    quoteVolume += price * amount
    if (takerSells) continue
    takerBuyVolume += amount
    takerBuyQuoteVolume += price * amount
  }
  const firstTradeId = series.firstTradeIds[index]!
  return { quoteVolume, takerBuyVolume, takerBuyQuoteVolume, trades: trades.length, firstTradeId }
}

export interface KlineQuery {
  readonly intervalMs: number
  /** Inclusive bounds of the bars' opens; without a start, the newest `limit` bars are meant. */
  readonly startMs?: number | undefined
  readonly endMs?: number | undefined
  readonly limit: number
  /** Nothing after this moment has happened yet; the last bar may be open. */
  readonly nowMs: number
}

/** Klines ascending; bars in which the market was silent do not exist. */
export const klinesOf = (series: Series, query: KlineQuery): readonly Kline[] => {
  const { intervalMs, limit, nowMs } = query
  const newestOpenMs = barOpenAt(Math.min(nowMs, query.endMs ?? nowMs), intervalMs)
  const lastIndex = barIndexAt(series, Math.min(nowMs, newestOpenMs + intervalMs - 1))
  const klines: Kline[] = []
  for (let index = firstIndex(series, query, lastIndex); index <= lastIndex; index += 1) {
    const openMs = barOpenAt(series.candles.time[index]!, intervalMs)
    let kline = klines.at(-1)
    if (kline?.openMs !== openMs) {
      if (klines.length === limit) break
      const bar = stepBarAt(series, index)
      kline = openKline({ openMs, endMs: openMs + intervalMs }, bar.open)
      klines.push(kline)
    }
    addBar(series, { index, kline, nowMs })
  }
  return klines
}

const firstIndex = (series: Series, query: KlineQuery, lastIndex: number): number => {
  const { time } = series.candles
  const { intervalMs, startMs } = query
  if (startMs !== undefined) {
    const openMs = barOpenAt(startMs, intervalMs)
    return barIndexAt(series, (openMs < startMs ? openMs + intervalMs : openMs) - 1) + 1
  }
  let [index, bars] = [lastIndex + 1, 0]
  let openMs = Number.POSITIVE_INFINITY
  while (index > 0) {
    const previousOpenMs = barOpenAt(time[index - 1]!, intervalMs)
    if (previousOpenMs < openMs) {
      if (bars === query.limit) break
      bars += 1
      openMs = previousOpenMs
    }
    index -= 1
  }
  return index
}

const addBar = (
  series: Series,
  target: { readonly index: number; readonly kline: Kline; readonly nowMs: number },
): void => {
  const { index, kline, nowMs } = target
  const bar = stepBarAt(series, index)
  if (nowMs >= bar.openMs + bar.lengthMs || bar.volume === 0) {
    addWholeBar(kline, bar, flowAt(series, index))
    return
  }
  for (const trade of tradesAt(series, index)) {
    if (trade.timeMs > nowMs) return
    addTrade(kline, trade)
  }
}
