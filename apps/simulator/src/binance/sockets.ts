import type { VenueSockets } from '../sockets/sockets.ts'
import { ApiSession, type ApiSessionOptions } from './api-session.ts'
import { depthEvent, klineEvent, partialDepth, tickerEvent, tradeEvent } from './frames.ts'
import { Session } from './session.ts'

export interface BinanceOptions extends Omit<ApiSessionOptions, 'socket'> {
  readonly nowMs: () => number
}

/** Both are sent ten times a second, so that neither waits. */
const PACES = ['', '@100ms']
const PARTIAL_LEVELS = [5, 10, 20]

/** The market streams of Binance, raw (`/ws`) and combined (`/stream`). */
export const createBinanceSockets = (options: BinanceOptions): VenueSockets => {
  const sessions = new Set<Session>()
  const broadcast = (stream: string, event: object) => {
    if (sessions.size === 0) return
    const text = JSON.stringify(event)
    for (const session of sessions) session.send(stream, text)
  }
  return {
    isOpen: () => !options.board.isDown('binance'),
    open: (url) => {
      if (url.pathname === '/ws-api/v3') return (socket) => void new ApiSession({ ...options, socket })
      const target = targetOf(url)
      if (target === undefined) return undefined
      return (client) => {
        const session = new Session({ socket: client, ...target, ...options })
        sessions.add(session)
        client.on('close', () => sessions.delete(session))
      }
    },
    sendTrade: (market, trade) =>
      broadcast(`${market.native.toLowerCase()}@trade`, tradeEvent(market, trade)),
    sendKline: (market, kline, state) =>
      broadcast(`${market.native.toLowerCase()}@kline_${state.interval}`, klineEvent(market, kline, state)),
    sendBook: (market, move) => {
      const name = market.native.toLowerCase()
      const event = depthEvent(market, move)
      for (const pace of PACES) broadcast(`${name}@depth${pace}`, event)
      for (const levels of PARTIAL_LEVELS) {
        const partial = partialDepth(market, move.after, levels)
        for (const pace of PACES) broadcast(`${name}@depth${levels}${pace}`, partial)
      }
    },
    sendTicker: (market, day) => broadcast(`${market.native.toLowerCase()}@ticker`, tickerEvent(market, day)),
  }
}

const targetOf = ({ pathname, searchParams }: URL) => {
  const names = (text: string) => text.split('/').filter((name) => name !== '')
  if (pathname === '/stream') return { combined: true, streams: names(searchParams.get('streams') ?? '') }
  if (pathname === '/ws' || pathname.startsWith('/ws/')) {
    return { combined: false, streams: names(pathname.slice('/ws'.length)) }
  }
  return undefined
}
