import Fastify, { type FastifyInstance } from 'fastify'
import { registerRest } from './binance/rest.routes.ts'
import { createBinanceSockets } from './binance/sockets.ts'
import { registerCoinbaseRest } from './coinbase/rest.routes.ts'
import { createCoinbaseSockets } from './coinbase/sockets.ts'
import { registerFaults } from './control/faults.routes.ts'
import { registerTruth } from './control/truth.routes.ts'
import { FaultBoard } from './faults/fault-board.ts'
import type { SimulatedVenue } from './faults/fault-order.ts'
import { registerRequestFaults } from './faults/request-faults.ts'
import { registerKrakenRest } from './kraken/rest.routes.ts'
import { createKrakenSockets } from './kraken/sockets.ts'
import type { SimulatedBook } from './market/book.ts'
import type { SimulatedMarket } from './market/market.ts'
import { MarketPlayer } from './market/player.ts'
import { type Interest, interestsOf } from './sockets/audience.ts'
import { serveSockets, type VenueSockets } from './sockets/sockets.ts'

/** Real milliseconds between two steps of the playback. */
const PLAY_EVERY_MS = 20
/** Ten books, ten looks at who listens, and one ticker in a real second. */
const STEPS_PER_BOOK = 5
const STEPS_PER_TICKER = 50

export interface SimulatorOptions {
  /** All on the same clock. */
  readonly markets: readonly SimulatedMarket[]
  /** Levels of each side that their books have. */
  readonly bookLevels: number
  /** Called once when the recorded market has nothing more to tell. */
  readonly onEnd: () => void
}

/**
 * A local Binance, Coinbase and Kraken: the public REST and WebSocket protocols of all three, on one port, over the same
 * replayed markets. Listen on loopback only.
 */
export const createSimulator = (options: SimulatorOptions): FastifyInstance => {
  const { markets, bookLevels } = options
  const app = Fastify({ forceCloseConnections: true })
  const nowMs = () => markets[0]!.clock.nowMs()
  const board = new FaultBoard()
  let interests: ReadonlyMap<string, Interest> = new Map()
  const look = () => (interests = interestsOf(board.subscribers()))
  const players = new Map(
    markets.map((market) => [
      market,
      new MarketPlayer({
        market,
        bookLevels,
        interest: () => interests.get(market.native),
        events: {
          onTrade: (...event) => venues.forEach((venue) => venue.sendTrade(...event)),
          onKline: (...event) => venues.forEach((venue) => venue.sendKline(...event)),
          onBook: (...event) => venues.forEach((venue) => venue.sendBook(...event)),
          onTicker: (...event) => venues.forEach((venue) => venue.sendTicker(...event)),
        },
      }),
    ]),
  )
  const bookOf = (market: SimulatedMarket) => {
    // Whoever asks may have subscribed just now, and the book must go on from what they are told here.
    look()
    return players.get(market)!.book
  }
  // No frame says a time before what happened until then is sent.
  let toldMs = nowMs()
  const toldAt = (venue: SimulatedVenue) => () => toldMs + board.skewMs(venue)
  const shared = { markets, bookOf, board }
  const venues: readonly VenueSockets[] = [
    createBinanceSockets({ board, nowMs: toldAt('binance') }),
    createCoinbaseSockets({ ...shared, nowMs: toldAt('coinbase') }),
    createKrakenSockets({ ...shared, nowMs: toldAt('kraken') }),
  ]
  const closeSockets = serveSockets(app.server, venues)
  registerVenues(app, { ...shared, nowMs })
  registerControl(app, { board, players: [...players.values()], nowMs })

  let steps = 0
  const play = () => {
    const now = nowMs()
    const isBookStep = steps % STEPS_PER_BOOK === 0
    if (isBookStep) look()
    for (const player of players.values()) {
      if (isBookStep) player.look(now)
      player.play(now)
      if (isBookStep) player.playBook(now)
      if (steps % STEPS_PER_TICKER === 0) player.playTicker(now)
    }
    steps += 1
    toldMs = now
    if (now < markets[0]!.clock.endMs) return
    clearInterval(timer)
    options.onEnd()
  }
  const timer = setInterval(play, PLAY_EVERY_MS)
  app.addHook('preClose', async () => {
    clearInterval(timer)
    board.clear()
    await closeSockets()
  })
  return app
}

interface Venues {
  readonly markets: readonly SimulatedMarket[]
  readonly nowMs: () => number
  readonly bookOf: (market: SimulatedMarket) => SimulatedBook
  readonly board: FaultBoard
}

const registerVenues = (app: FastifyInstance, { markets, nowMs, bookOf, board }: Venues): void => {
  const clockOf = (venue: SimulatedVenue) => () => nowMs() + board.skewMs(venue)
  const byName = new Map(markets.map((market) => [market.native, market]))
  registerRequestFaults(app, board)
  registerRest(app, { markets: byName, nowMs: clockOf('binance'), bookOf })
  registerCoinbaseRest(app, { markets, nowMs: clockOf('coinbase'), bookOf })
  registerKrakenRest(app, {
    markets,
    nowMs: clockOf('kraken'),
    bookOf,
    isDown: () => board.isDown('kraken'),
  })
}

interface Control {
  readonly board: FaultBoard
  readonly players: readonly MarketPlayer[]
  readonly nowMs: () => number
}

const registerControl = (app: FastifyInstance, { board, players, nowMs }: Control): void => {
  app.get('/health/live', async () => ({
    status: 'ok',
    simulatedMs: nowMs(),
    connections: board.connections().length,
  }))
  registerTruth(app, { players })
  registerFaults(app, board)
}
