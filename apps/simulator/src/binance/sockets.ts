import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Kline } from '../market/kline.ts'
import type { NumberedTrade } from '../market/trades.ts'
import type { SimulatedMarket } from '../market/market.ts'
import { klineEvent, type KlineState, tradeEvent } from './frames.ts'
import { Session } from './session.ts'

/** The WebSocket side of the exchange: who is connected, and what they hear. */
export interface Sockets {
  readonly sendTrade: (market: SimulatedMarket, trade: NumberedTrade) => void
  readonly sendKline: (market: SimulatedMarket, kline: Kline, state: KlineState) => void
  readonly connections: () => number
  readonly drop: () => void
  readonly announceShutdown: (timeMs: number) => void
  readonly close: () => Promise<void>
}

export const createSockets = (server: Server): Sockets => {
  const wss = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 64 * 1024 })
  const sessions = new Set<Session>()
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const target = targetOf(request.url ?? '/')
    if (target === undefined) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n')
      return
    }
    wss.handleUpgrade(request, socket, head, (client) => {
      const session = new Session({ socket: client, ...target })
      sessions.add(session)
      client.on('close', () => sessions.delete(session))
    })
  })
  const broadcast = (stream: string, event: object) => {
    if (sessions.size === 0) return
    const text = JSON.stringify(event)
    for (const session of sessions) session.send(stream, text)
  }
  const close = () =>
    new Promise<void>((resolve) => {
      for (const client of wss.clients) client.close(1001, 'going away')
      wss.close(() => resolve())
      // A client that does not answer the close frame must not keep the process.
      setTimeout(() => wss.clients.forEach((client) => client.terminate()), 500).unref()
    })
  return {
    sendTrade: (market, trade) =>
      broadcast(`${market.native.toLowerCase()}@trade`, tradeEvent(market, trade)),
    sendKline: (market, kline, state) =>
      broadcast(`${market.native.toLowerCase()}@kline_${state.interval}`, klineEvent(market, kline, state)),
    connections: () => sessions.size,
    drop: () => sessions.forEach((session) => session.drop()),
    announceShutdown: (timeMs) => sessions.forEach((session) => session.announceShutdown(timeMs)),
    close,
  }
}

const targetOf = (url: string) => {
  const { pathname, searchParams } = new URL(url, 'ws://localhost')
  const names = (text: string) => text.split('/').filter((name) => name !== '')
  if (pathname === '/stream') return { combined: true, streams: names(searchParams.get('streams') ?? '') }
  if (pathname === '/ws' || pathname.startsWith('/ws/')) {
    return { combined: false, streams: names(pathname.slice('/ws'.length)) }
  }
  return undefined
}
