import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { BookMove } from '../market/book.ts'
import type { DayFigures } from '../market/day.ts'
import type { Kline } from '../market/kline.ts'
import type { SimulatedMarket } from '../market/market.ts'
import type { NumberedTrade } from '../market/trades.ts'

const BASE = 'ws://localhost'

export interface KlineState {
  readonly interval: string
  readonly closed: boolean
  readonly timeMs: number
}

/** The WebSocket protocol of one exchange: who is connected to it, and what they hear of the market. */
export interface VenueSockets {
  /** False while nobody may connect. */
  readonly isOpen: () => boolean
  /** Takes a client whose URL is one of this exchange's; undefined for any other. */
  readonly open: (url: URL) => ((client: WebSocket) => void) | undefined
  readonly sendTrade: (market: SimulatedMarket, trade: NumberedTrade) => void
  readonly sendKline: (market: SimulatedMarket, kline: Kline, state: KlineState) => void
  readonly sendBook: (market: SimulatedMarket, move: BookMove) => void
  readonly sendTicker: (market: SimulatedMarket, figures: DayFigures) => void
}

/** Undefined for a target that is no URL. */
const urlOf = ({ url = '/' }: IncomingMessage): URL | undefined =>
  URL.canParse(url, BASE) ? new URL(url, BASE) : undefined

const refuse = (socket: Duplex, status: string): void => {
  // A client that goes before it has read the refusal.
  socket.on('error', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`)
}

/** Every exchange has URLs of its own, so one port serves them all. Returns what closes all of them. */
export const serveSockets = (server: Server, venues: readonly VenueSockets[]): (() => Promise<void>) => {
  const wss = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: 64 * 1024,
    // Pings are answered by whoever knows what is wrong with the connection.
    autoPong: false,
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const url = urlOf(request)
    for (const venue of venues) {
      const take = url && venue.open(url)
      if (take === undefined) continue
      if (!venue.isOpen()) return refuse(socket, '503 Service Unavailable')
      return wss.handleUpgrade(request, socket, head, take)
    }
    refuse(socket, '404 Not Found')
  })
  return () =>
    new Promise<void>((resolve) => {
      for (const client of wss.clients) client.close(1001, 'going away')
      wss.close(() => resolve())
      // A client that does not answer the close frame must not keep the process.
      setTimeout(() => wss.clients.forEach((client) => client.terminate()), 500).unref()
    })
}
