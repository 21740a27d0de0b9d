import type { SimulatedMarket } from '../market/market.ts'
import type { VenueSockets } from '../sockets/sockets.ts'
import { candleRow, productOf, tradeRow } from './frames.ts'
import { CANDLE_INTERVAL, CoinbaseSession } from './session.ts'

export interface CoinbaseOptions {
  readonly markets: readonly SimulatedMarket[]
  readonly nowMs: () => number
}

/** Coinbase's Advanced Trade WebSocket: trades, candles and heartbeats. */
export const createCoinbaseSockets = ({ markets, nowMs }: CoinbaseOptions): VenueSockets => {
  const sessions = new Set<CoinbaseSession>()
  return {
    open: ({ pathname }) =>
      pathname === '/'
        ? (socket) => {
            const session = new CoinbaseSession({ socket, markets, nowMs })
            sessions.add(session)
            socket.on('close', () => sessions.delete(session))
          }
        : undefined,
    sendTrade: (market, trade) => {
      if (sessions.size === 0) return
      const event = { type: 'update', trades: [tradeRow(market, trade)] }
      for (const session of sessions) session.send('market_trades', productOf(market), event)
    },
    sendKline: (market, kline, { interval, closed }) => {
      // Nothing tells that a bar has closed but the next one.
      if (interval !== CANDLE_INTERVAL || closed || sessions.size === 0) return
      const product = productOf(market)
      const event = { type: 'update', candles: [{ ...candleRow(market, kline), product_id: product }] }
      for (const session of sessions) session.send('candles', product, event)
    },
    connections: () => sessions.size,
    drop: () => sessions.forEach((session) => session.drop()),
  }
}
