// Stands in for Binance in a benchmark: acknowledges, and sends trades when its parent says how many and how fast.
// A simulator would measure itself: this one only prints frames.
import { createServer } from 'node:http'
import { setImmediate as nextTick, setTimeout as delay } from 'node:timers/promises'
import { type WebSocket, WebSocketServer } from 'ws'
import { NATIVES, type SourceOrder } from './streamer-markets.ts'

/** Frames that are written before others get a turn, and what may wait in the socket. */
const BURST = 200
const MOST_BUFFERED_BYTES = 4_000_000
const PACE_MS = 2

const answers: Readonly<Record<string, unknown>> = {
  '/api/v3/exchangeInfo': {
    timezone: 'UTC',
    rateLimits: [],
    symbols: NATIVES.map((symbol) => ({
      symbol,
      status: 'TRADING',
      baseAsset: symbol.slice(0, -4),
      quoteAsset: 'USDT',
      isSpotTradingAllowed: true,
      permissions: ['SPOT'],
      orderTypes: ['LIMIT'],
      filters: [],
    })),
  },
}

const http = createServer((request, response) => {
  const path = new URL(request.url ?? '/', 'http://source').pathname
  response.setHeader('content-type', 'application/json').end(JSON.stringify(answers[path] ?? []))
})

const clients = new Set<WebSocket>()
new WebSocketServer({ server: http, perMessageDeflate: false }).on('connection', (socket) => {
  clients.add(socket)
  socket.on('close', () => clients.delete(socket))
  socket.on('message', (data) => {
    if (!Buffer.isBuffer(data)) return
    const { id } = JSON.parse(data.toString('utf8')) as { readonly id: number }
    socket.send(JSON.stringify({ result: null, id }))
  })
})

let sent = 0
const frame = (): string => {
  const nowMs = Date.now()
  const native = NATIVES[sent % NATIVES.length]
  const id = Math.floor(sent / NATIVES.length) + 1
  sent += 1
  const price = `${59000 + (sent % 997)}.${10 + (sent % 89)}000000`
  return `{"e":"trade","E":${nowMs},"s":"${native}","t":${id},"p":"${price}","q":"0.0${1 + (sent % 9)}370000","T":${nowMs},"m":${sent % 2 === 0},"M":true}`
}

const send = async ({ count, perSecond }: SourceOrder): Promise<void> => {
  const startedMs = performance.now()
  for (let done = 0; done < count;) {
    const due = perSecond === undefined ? count : ((performance.now() - startedMs) / 1000) * perSecond
    const burst = Math.min(BURST, count - done, Math.floor(due) - done)
    for (let at = 0; at < burst; at += 1) {
      const text = frame()
      for (const socket of clients) socket.send(text)
    }
    done += Math.max(0, burst)
    const isFull = [...clients].some((socket) => socket.bufferedAmount > MOST_BUFFERED_BYTES)
    if (isFull || burst <= 0) await delay(PACE_MS)
    else await nextTick()
  }
  process.send?.({ sent })
}

process.on('message', (order: SourceOrder) => void send(order))
process.on('disconnect', () => process.exit())
http.listen(0, '127.0.0.1', () => {
  const address = http.address()
  process.send?.({ port: typeof address === 'object' ? address?.port : undefined })
})
