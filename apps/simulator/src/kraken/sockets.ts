import { pairOf, type SimulatedMarket } from '../market/market.ts'
import type { VenueSockets } from '../sockets/sockets.ts'
import { ohlcFrame, tradeFrame } from './frames.ts'
import { KrakenSession } from './session.ts'

const MINUTE_MS = 60_000

/** Kraken's public WebSocket v2: trades and bars. */
export const createKrakenSockets = (markets: readonly SimulatedMarket[]): VenueSockets => {
  const sessions = new Set<KrakenSession>()
  let connections = 0
  const broadcast = (stream: string, frame: () => string) => {
    if (sessions.size === 0) return
    const text = frame()
    for (const session of sessions) session.send(stream, text)
  }
  return {
    open: ({ pathname }) =>
      pathname === '/v2'
        ? (client) => {
            const session = new KrakenSession(client, markets, ++connections)
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
    connections: () => sessions.size,
    drop: () => sessions.forEach((session) => session.drop()),
  }
}
