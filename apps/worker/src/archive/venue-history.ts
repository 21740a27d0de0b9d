import { setTimeout as delay } from 'node:timers/promises'
import { type CandleRecord, marketId, type MarketName } from '@botcriptofy/contracts/stream'
import { TryLater, Unhealable } from '@botcriptofy/runtime/queue'
import { createGet, RequestRefused, ServerUnreachable } from '@botcriptofy/runtime/rest'
import { sourceAt, VENUE_NAMES, type VenueName, VENUES } from '@botcriptofy/venues/catalog'
import type { MarketNames, VenueRest } from '@botcriptofy/venues/frame'

/** Kraken counts one request a second; the others allow more, and nobody waits for a backfill. */
const REQUEST_SPACING_MS = 1000
/** After a venue said that we ask too much, unless it names a longer time. */
const BANNED_PAUSE_MS = 60_000
const BAN_STATUSES = [418, 429]

export interface VenueHistoryOptions {
  readonly restUrls: Readonly<Record<VenueName, string>>
  /** Between two requests to a venue. */
  readonly spacingMs?: number
}

interface Request extends MarketName {
  readonly isSimulated: boolean
}

/** Closed one-minute candles over the public REST of the venues. */
export interface VenueHistory {
  /**
   * Those that open in [fromMs, toMs), ascending: as many of the newest as one call gives, none where the venue has none.
   * Throws `TryLater` where the venue is away or must not be asked yet, `Unhealable` for what it does not have.
   */
  readonly fetchPage: (
    market: Request,
    range: { readonly fromMs: number; readonly toMs: number },
    signal: AbortSignal,
  ) => Promise<readonly CandleRecord[]>
}

/** What is known of a venue between requests. */
interface Desk {
  readonly rest: VenueRest
  readonly isSimulated: boolean
  names: MarketNames | undefined
  nextMs: number
  bannedUntilMs: number
}

export const openVenueHistory = (
  { restUrls, spacingMs = REQUEST_SPACING_MS }: VenueHistoryOptions,
  closing: AbortSignal,
): VenueHistory => {
  const desks = new Map<string, Desk>(
    VENUE_NAMES.map((name) => [name, openDesk(name, restUrls[name], closing)]),
  )
  const ask = async <T>(desk: Desk, signal: AbortSignal, request: () => Promise<T>): Promise<T> => {
    if (performance.now() < desk.bannedUntilMs) throw new TryLater('the venue said to wait')
    const stop = AbortSignal.any([signal, closing])
    await delay(Math.max(0, desk.nextMs - performance.now()), undefined, { signal: stop }).catch(
      () => undefined,
    )
    if (stop.aborted) throw new TryLater('the worker stops')
    desk.nextMs = performance.now() + spacingMs
    return request().catch((error: unknown) => {
      throw judged(error, desk)
    })
  }
  return {
    fetchPage: async (market, range, signal) => {
      const desk = desks.get(market.venue)
      if (desk === undefined)
        throw new Unhealable('UNKNOWN_VENUE', `no candles are fetched from ${market.venue}`)
      if (desk.isSimulated !== market.isSimulated) {
        const kinds = market.isSimulated
          ? 'simulated candles, the venue is real'
          : 'real candles, the venue is simulated'
        throw new Unhealable('OTHER_SOURCE', `${marketId(market)}: the series has ${kinds}`)
      }
      desk.names ??= await ask(desk, signal, () => desk.rest.fetchMarkets())
      const native = desk.names.toNative(market.symbol)
      // The market may have been listed since; another job is told by a fresh list.
      if (native === undefined) desk.names = undefined
      if (native === undefined)
        throw new Unhealable('UNKNOWN_MARKET', `${market.venue} has no ${market.symbol}`)
      const { symbol } = market
      const page = await ask(desk, signal, () => desk.rest.fetchClosedCandles({ symbol, native, ...range }))
      return page.filter(({ openTimeMs }) => openTimeMs >= range.fromMs && openTimeMs < range.toMs)
    },
  }
}

const openDesk = (name: VenueName, url: string, closing: AbortSignal): Desk => {
  const { protocol, openRest } = VENUES[name]
  return {
    rest: openRest(createGet(url, closing)),
    isSimulated: sourceAt(url, protocol.profile.restUrl).kind === 'simulator',
    names: undefined,
    nextMs: 0,
    bannedUntilMs: 0,
  }
}

const judged = (error: unknown, desk: Desk): unknown => {
  if (error instanceof ServerUnreachable) return new TryLater(error.message, { cause: error })
  if (!(error instanceof RequestRefused)) return error
  if (BAN_STATUSES.includes(error.status)) {
    desk.bannedUntilMs = performance.now() + Math.max(BANNED_PAUSE_MS, error.retryAfterMs)
  } else if (error.status < 500) return new Unhealable('REFUSED', error.message, { cause: error })
  return new TryLater(error.message, { cause: error })
}
