import type { VenueSockets } from '../sockets/sockets.ts'
import { bookUpdate, candleRow, productOf, tickerRow, tradeRow } from './frames.ts'
import { CANDLE_INTERVAL, CoinbaseSession, type SessionOptions } from './session.ts'

export type CoinbaseOptions = Omit<SessionOptions, 'socket'>

/** Coinbase's Advanced Trade WebSocket: trades, candles and heartbeats. */
export const createCoinbaseSockets = (options: CoinbaseOptions): VenueSockets => {
  const sessions = new Set<CoinbaseSession>()
  return {
    isOpen: () => !options.board.isDown('coinbase'),
    open: ({ pathname }) =>
      pathname === '/'
        ? (socket) => {
            const session = new CoinbaseSession({ socket, ...options })
            sessions.add(session)
            socket.on('close', () => sessions.delete(session))
          }
        : undefined,
    sendTrade: (market, trade) => {
      if (sessions.size === 0) return
      const event = { type: 'update', trades: [tradeRow(market, trade)] }
      for (const session of sessions)
        session.send({ channel: 'market_trades', product: productOf(market) }, event)
    },
    sendKline: (market, kline, { interval, closed }) => {
      // Nothing tells that a bar has closed but the next one.
      if (interval !== CANDLE_INTERVAL || closed || sessions.size === 0) return
      const product = productOf(market)
      const event = { type: 'update', candles: [{ ...candleRow(market, kline), product_id: product }] }
      for (const session of sessions) session.send({ channel: 'candles', product }, event)
    },
    sendBook: (market, move) => {
      if (sessions.size === 0) return
      const event = bookUpdate(market, move)
      if (event.updates.length === 0) return
      for (const session of sessions)
        session.send({ channel: 'level2', product: productOf(market) }, event, move.after.timeMs)
    },
    sendTicker: (market, day) => {
      const event = { type: 'update', tickers: [tickerRow(market, day)] }
      for (const session of sessions) session.send({ channel: 'ticker', product: productOf(market) }, event)
    },
  }
}
