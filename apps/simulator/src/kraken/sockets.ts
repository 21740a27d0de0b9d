import { pairOf } from '../market/market.ts'
import type { VenueSockets } from '../sockets/sockets.ts'
import { bookUpdate, ohlcFrame, tickerFrame, tradeFrame } from './frames.ts'
import { DEPTHS } from './requests.ts'
import { KrakenSession, type KrakenSessionOptions } from './session.ts'

const MINUTE_MS = 60_000

export type KrakenOptions = Omit<KrakenSessionOptions, 'socket'>

/** Kraken's public WebSocket v2: trades, tickers, bars and books. */
export const createKrakenSockets = (options: KrakenOptions): VenueSockets => {
  const sessions = new Set<KrakenSession>()
  options.board.onMaintenance((venue) => {
    if (venue === 'kraken') for (const session of sessions) session.tellStatus()
  })
  const broadcast = (stream: string, frame: () => string | undefined) => {
    const listeners = [...sessions].filter((session) => session.isSubscribed(stream))
    const text = listeners.length === 0 ? undefined : frame()
    if (text !== undefined) for (const session of listeners) session.send(stream, text)
  }
  return {
    // In maintenance it takes connections and says so.
    isOpen: () => true,
    open: ({ pathname }) =>
      pathname === '/v2'
        ? (client) => {
            const session = new KrakenSession({ ...options, socket: client })
            sessions.add(session)
            client.on('close', () => sessions.delete(session))
          }
        : undefined,
    sendTrade: (market, trade) =>
      broadcast(`trade:${pairOf(market)}`, () => tradeFrame(market, [trade], 'update')),
    sendKline: (market, kline, state) => {
      // Nothing tells that a bar has closed but the next one.
      if (state.closed) return
      const minutes = (kline.endMs - kline.openMs) / MINUTE_MS
      broadcast(`ohlc-${minutes}:${pairOf(market)}`, () =>
        ohlcFrame(market, { minutes, klines: [kline] }, 'update'),
      )
    },
    sendBook: (market, move) => {
      for (const depth of DEPTHS) {
        broadcast(`book-${depth}:${pairOf(market)}`, () => bookUpdate(market, move, depth))
      }
    },
    sendTicker: (market, day) => broadcast(`ticker:${pairOf(market)}`, () => tickerFrame(market, day)),
  }
}
