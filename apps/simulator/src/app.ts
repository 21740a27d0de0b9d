import Fastify, { type FastifyInstance } from 'fastify'
import { z } from 'zod'
import { registerRest } from './binance/rest.routes.ts'
import { createBinanceSockets } from './binance/sockets.ts'
import { registerCoinbaseRest } from './coinbase/rest.routes.ts'
import { createCoinbaseSockets } from './coinbase/sockets.ts'
import { registerKrakenRest } from './kraken/rest.routes.ts'
import { createKrakenSockets } from './kraken/sockets.ts'
import { registerTruth } from './control/truth.routes.ts'
import { BookPlayback } from './market/book.ts'
import { dayFiguresOf } from './market/day.ts'
import type { SimulatedMarket } from './market/market.ts'
import { Playback } from './market/playback.ts'
import { seriesEndMs } from './market/series.ts'
import { faultOrder } from './sockets/faulty-wire.ts'
import { serveSockets } from './sockets/sockets.ts'

/** Real milliseconds between two looks at the simulated clock. */
const PLAY_EVERY_MS = 20
/** Ten books and one ticker in a real second. */
const LOOKS_PER_BOOK = 5
const LOOKS_PER_TICKER = 50

export interface SimulatorOptions {
  readonly market: SimulatedMarket
  /** Levels of each side that its book has. */
  readonly bookLevels: number
  /** Called once when the recorded market has nothing more to tell. */
  readonly onEnd: () => void
}

/**
 * A local Binance, Coinbase and Kraken: the public REST and WebSocket protocols of all three, on one port, over one
 * replayed market. Listen on loopback only.
 */
export const createSimulator = ({ market, bookLevels, onEnd }: SimulatorOptions): FastifyInstance => {
  const app = Fastify({ forceCloseConnections: true })
  const nowMs = () => market.clock.nowMs()
  const markets = [market]
  const books = new BookPlayback(market, bookLevels, nowMs())
  const bookOf = () => books.book
  const binance = createBinanceSockets()
  // No frame says a time before what happened until then is sent.
  let toldMs = nowMs()
  const coinbase = createCoinbaseSockets({ markets, bookOf, nowMs: () => toldMs })
  const venues = [binance, coinbase, createKrakenSockets({ markets, bookOf, nowMs: () => toldMs })]
  const closeSockets = serveSockets(app.server, venues)
  registerRest(app, { markets: new Map([[market.native, market]]), nowMs, bookOf })
  registerCoinbaseRest(app, { markets, nowMs, bookOf })
  registerKrakenRest(app, { markets, nowMs, bookOf })
  app.get('/health/live', async () => ({
    status: 'ok',
    simulatedMs: nowMs(),
    connections: venues.reduce((sum, venue) => sum + venue.connections(), 0),
  }))
  registerTruth(app, { markets, books })
  // What a test cannot wait for a real exchange to do.
  app.post('/simulator/drop-connections', async () => venues.forEach((venue) => venue.drop()))
  app.post('/simulator/faults', async ({ body }, reply) => {
    const order = faultOrder.safeParse(body)
    if (!order.success) return reply.code(400).send({ error: z.prettifyError(order.error) })
    venues.forEach((venue) => venue.order(order.data))
    return {}
  })
  app.post('/simulator/announce-shutdown', async () => binance.announceShutdown(nowMs()))

  const playback = new Playback({
    series: market.series,
    startMs: nowMs(),
    intervals: market.intervals,
    events: {
      onTrade: (trade) => venues.forEach((venue) => venue.sendTrade(market, trade)),
      onKline: (interval, kline, state) =>
        venues.forEach((venue) => venue.sendKline(market, kline, { interval, ...state })),
    },
  })
  const endMs = seriesEndMs(market.series)
  let looks = 0
  const play = () => {
    const now = nowMs()
    playback.advance(now)
    looks += 1
    if (looks % LOOKS_PER_BOOK === 0) {
      const move = books.advance(now)
      if (move) venues.forEach((venue) => venue.sendBook(market, move))
    }
    const day = looks % LOOKS_PER_TICKER === 0 ? dayFiguresOf(market, books.book, now) : undefined
    if (day) venues.forEach((venue) => venue.sendTicker(market, day))
    toldMs = now
    if (now < endMs) return
    clearInterval(timer)
    onEnd()
  }
  const timer = setInterval(play, PLAY_EVERY_MS)
  app.addHook('preClose', async () => {
    clearInterval(timer)
    await closeSockets()
  })
  return app
}
