import type { SimulatedMarket } from '../market/market.ts'
import type { SimulatedVenue } from '../faults/fault-order.ts'
import { parseTimeframe } from '@botcriptofy/engine/market'

const MINUTE_MS = 60_000

/** What is wanted of one market; nothing else of it is made. */
export interface Interest {
  trades: boolean
  book: boolean
  ticker: boolean
  /** Lengths of the klines in ms. */
  readonly intervals: Set<number>
}

export interface Subscriber {
  readonly venue: SimulatedVenue
  readonly streams: () => readonly string[]
}

/** What is wanted of the markets that are traded, and who listens to what, over all exchanges, by the market's name in capital letters without a separator. */
export const interestsOf = (
  subscribers: Iterable<Subscriber>,
  traded: Iterable<SimulatedMarket>,
): ReadonlyMap<string, Interest> => {
  const interests = new Map<string, Interest>()
  const interestIn = (native: string): Interest => {
    let interest = interests.get(native)
    if (interest === undefined)
      interests.set(native, (interest = { trades: false, book: false, ticker: false, intervals: new Set() }))
    return interest
  }
  // Orders wait for trades.
  for (const { native } of traded) interestIn(native).trades = true
  for (const { venue, streams } of subscribers) {
    for (const name of streams()) {
      const { native, channel, intervalMs } = PARSERS[venue](name)
      const interest = interestIn(native)
      if (intervalMs !== undefined) interest.intervals.add(intervalMs)
      else if (/depth|book|level2/.test(channel)) interest.book = true
      else if (channel.includes('ticker')) interest.ticker = true
      else interest.trades = true
    }
  }
  return interests
}

interface Wanted {
  readonly native: string
  readonly channel: string
  readonly intervalMs?: number | undefined
}

const nativeOf = (name: string): string => name.replaceAll(/[-/]/g, '').toUpperCase()

const PARSERS: Readonly<Record<SimulatedVenue, (stream: string) => Wanted>> = {
  // `btcusdt@kline_1m`
  binance: (stream) => {
    const [name = '', channel = ''] = stream.split('@')
    const length = channel.startsWith('kline_')
      ? parseTimeframe(channel.slice('kline_'.length), '')
      : undefined
    return { native: nativeOf(name), channel, intervalMs: length?.ok === true ? length.value : undefined }
  },
  // `candles:BTC-USD`
  coinbase: (stream) => {
    const [channel = '', name = ''] = stream.split(':')
    return { native: nativeOf(name), channel, intervalMs: channel === 'candles' ? 5 * MINUTE_MS : undefined }
  },
  // `ohlc-1:BTC/USD`
  kraken: (stream) => {
    const [channel = '', name = ''] = stream.split(':')
    const minutes = channel.startsWith('ohlc-') ? Number(channel.slice('ohlc-'.length)) : undefined
    return { native: nativeOf(name), channel, intervalMs: minutes && minutes * MINUTE_MS }
  },
}
