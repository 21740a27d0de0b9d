import Fastify, { type FastifyInstance } from 'fastify'
import { registerRest } from './binance/rest.routes.ts'
import { createBinanceSockets } from './binance/sockets.ts'
import { registerCoinbaseRest } from './coinbase/rest.routes.ts'
import { createCoinbaseSockets } from './coinbase/sockets.ts'
import { FaultBoard } from './faults/fault-board.ts'
import type { SimulatedVenue } from './faults/fault-order.ts'
import { registerRequestFaults } from './faults/request-faults.ts'
import { registerKrakenRest } from './kraken/rest.routes.ts'
import { createKrakenSockets } from './kraken/sockets.ts'
import { registerFaults } from './control/faults.routes.ts'
import { registerTruth } from './control/truth.routes.ts'
import { BookPlayback } from './market/book.ts'
import { dayFiguresOf } from './market/day.ts'
import type { SimulatedMarket } from './market/market.ts'
import { Playback } from './market/playback.ts'
import { seriesEndMs } from './market/series.ts'
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
  const board = new FaultBoard()
  // No frame says a time before what happened until then is sent.
  let toldMs = nowMs()
  const toldAt = (venue: SimulatedVenue) => () => toldMs + board.skewMs(venue)
  const clockOf = (venue: SimulatedVenue) => () => nowMs() + board.skewMs(venue)
  const shared = { markets, bookOf, board }
  const venues = [
    createBinanceSockets({ board, nowMs: toldAt('binance') }),
    createCoinbaseSockets({ ...shared, nowMs: toldAt('coinbase') }),
    createKrakenSockets({ ...shared, nowMs: toldAt('kraken') }),
  ]
  const closeSockets = serveSockets(app.server, venues)
  registerRequestFaults(app, board)
  registerRest(app, { markets: new Map([[market.native, market]]), nowMs: clockOf('binance'), bookOf })
  registerCoinbaseRest(app, { markets, nowMs: clockOf('coinbase'), bookOf })
  registerKrakenRest(app, {
    markets,
    nowMs: clockOf('kraken'),
    bookOf,
    isDown: () => board.isDown('kraken'),
  })
  app.get('/health/live', async () => ({
    status: 'ok',
    simulatedMs: nowMs(),
    connections: board.connections().length,
  }))
  registerTruth(app, { markets, books })
  registerFaults(app, board)

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
    board.clear()
    await closeSockets()
  })
  return app
}
