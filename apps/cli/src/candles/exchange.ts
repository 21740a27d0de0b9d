import { BadInput } from '../failure.ts'

/** timestamp (open, epoch ms), open, high, low, close, volume. */
export type CandleRow = readonly [number, number, number, number, number, number]

/** The part of a ccxt exchange that a download needs. */
interface CcxtExchange {
  readonly has: Readonly<Record<string, boolean | string | undefined>>
  readonly timeframes: Readonly<Record<string, unknown>>
  readonly symbols: readonly string[] | undefined
  urls: { api: unknown }
  options: Record<string, unknown>
  loadMarkets: () => Promise<unknown>
  fetchTime: () => Promise<number | undefined>
  fetchOHLCV: (
    ...request: readonly [symbol: string, timeframe: string, sinceMs: number, limit: number]
  ) => Promise<readonly (readonly (number | undefined)[])[]>
}

export interface CandleSource {
  /** Bars from `sinceMs` on, oldest first; empty when the exchange has none in its next window of PAGE_BARS. */
  readonly fetchPage: (sinceMs: number) => Promise<readonly CandleRow[]>
  /** The exchange's clock, which decides what bars have closed. */
  readonly nowMs: () => Promise<number>
}

export interface SourceOptions {
  readonly venue: string
  readonly symbol: string
  readonly timeframe: string
  /** Another host that speaks the exchange's protocol; every request goes there. */
  readonly baseUrl?: string | undefined
}

/** No exchange of note takes less than this many bars a request; those that give fewer end the page early. */
export const PAGE_BARS = 1000

/** A fault of the network or of a busy exchange: the same request may succeed in a moment. */
export class ExchangeUnavailable extends Error {}

export const openSource = async (options: SourceOptions): Promise<CandleSource> => {
  const { isOperationFailed, exchange } = await createExchange(options)
  const { symbol, timeframe, venue } = options
  const call = async <T>(request: () => Promise<T>): Promise<T> => {
    try {
      return await request()
    } catch (error) {
      if (isOperationFailed(error)) throw new ExchangeUnavailable(describe(error), { cause: error })
      throw error
    }
  }
  if (!exchange.has['fetchOHLCV'])
    throw new BadInput(`--venue: expected one that gives candles, was ${venue}`)
  if (exchange.timeframes[timeframe] === undefined) {
    const known = Object.keys(exchange.timeframes).join(', ')
    throw new BadInput(`--timeframe: expected one that ${venue} has (${known}), was ${timeframe}`)
  }
  await retrying(() => call(() => exchange.loadMarkets()))
  if (exchange.symbols?.includes(symbol) !== true) {
    throw new BadInput(`--symbol: expected one that ${venue} trades, such as BTC/USDT, was ${symbol}`)
  }
  return {
    fetchPage: (sinceMs) =>
      retrying(() =>
        call(async () => toRows(await exchange.fetchOHLCV(symbol, timeframe, sinceMs, PAGE_BARS))),
      ),
    nowMs: async () => {
      if (exchange.has['fetchTime'] !== true) return Date.now()
      return (await retrying(() => call(() => exchange.fetchTime()))) ?? Date.now()
    },
  }
}

const RETRY_DELAYS_MS = [500, 1000, 2000, 4000, 8000]

/** Reads may be repeated at will. */
const retrying = async <T>(request: () => Promise<T>): Promise<T> => {
  for (const delayMs of RETRY_DELAYS_MS) {
    try {
      return await request()
    } catch (error) {
      if (!(error instanceof ExchangeUnavailable)) throw error
      await new Promise((resolve) => setTimeout(resolve, delayMs))
    }
  }
  return request()
}

const toRows = (rows: readonly (readonly (number | undefined)[])[]): readonly CandleRow[] =>
  rows
    .map((row): CandleRow => {
      const [time = Number.NaN, open = Number.NaN, high = Number.NaN, low = Number.NaN] = row
      const [close = Number.NaN, volume = Number.NaN] = row.slice(4)
      return [time, open, high, low, close, volume]
    })
    .toSorted((a, b) => a[0] - b[0])

/**
 * Loads one exchange of ccxt instead of all hundred, which takes a third of the time and memory. The package exports
 * its root alone, so the sibling file is addressed by URL.
 */
const createExchange = async ({ venue, symbol, baseUrl }: SourceOptions) => {
  if (!/^[a-z0-9]+$/.test(venue)) throw unknownVenue(venue)
  const root = import.meta.resolve('ccxt')
  const [module, errors] = await Promise.all([
    importOptional(new URL(`./src/${venue}.js`, root).href),
    importOptional(new URL('./src/base/errors.js', root).href),
  ])
  const Exchange = module?.['default']
  const OperationFailed = errors?.['OperationFailed']
  if (typeof Exchange !== 'function') throw unknownVenue(venue)
  const exchange = Reflect.construct(Exchange, [{ enableRateLimit: true }]) as CcxtExchange
  if (baseUrl !== undefined) exchange.urls.api = moveOrigin(exchange.urls.api, baseUrl)
  // Binance asks five hosts for its markets by default, some of which need keys; candles need the symbol's own one.
  const types = symbol.includes(':') ? ['linear', 'inverse'] : ['spot']
  if (venue === 'binance') {
    Object.assign(exchange.options, { fetchCurrencies: false, fetchMargins: false, fetchMarkets: { types } })
  }
  const isOperationFailed = (error: unknown): boolean =>
    typeof OperationFailed === 'function' && error instanceof OperationFailed
  return { exchange, isOperationFailed }
}

const importOptional = async (url: string): Promise<Record<string, unknown> | undefined> => {
  try {
    return await import(url)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return undefined
    throw error
  }
}

const unknownVenue = (venue: string) =>
  new BadInput(`--venue: expected an exchange that ccxt knows, such as binance or kraken, was ${venue}`)

/** The same tree of URLs with every scheme and host replaced; paths stay. */
const moveOrigin = (tree: unknown, baseUrl: string): unknown => {
  const base = baseUrl.replace(/\/+$/, '')
  if (typeof tree === 'string') return tree.replace(/^https?:\/\/[^/]+/, base)
  if (typeof tree !== 'object' || tree === null) return tree
  return Object.fromEntries(Object.entries(tree).map(([name, branch]) => [name, moveOrigin(branch, base)]))
}

const describe = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error)
