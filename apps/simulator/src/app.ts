import Fastify, { type FastifyInstance } from 'fastify'
import type { Account } from './accounts/account.ts'
import { Accounts } from './accounts/accounts.ts'
import { MatchingEngine } from './accounts/matching-engine.ts'
import { OrderFeed } from './accounts/order-feed.ts'
import { registerBinanceAccount } from './binance/account.routes.ts'
import { registerRest } from './binance/rest.routes.ts'
import { createBinanceSockets } from './binance/sockets.ts'
import { registerCoinbaseAccount } from './coinbase/account.routes.ts'
import { registerCoinbaseRest } from './coinbase/rest.routes.ts'
import { createCoinbaseSockets } from './coinbase/sockets.ts'
import { registerAccounts } from './control/accounts.routes.ts'
import { accountOfToken } from './coinbase/token.ts'
import { registerFaults } from './control/faults.routes.ts'
import { registerTruth } from './control/truth.routes.ts'
import { FaultBoard } from './faults/fault-board.ts'
import type { SimulatedVenue } from './faults/fault-order.ts'
import { registerRequestFaults } from './faults/request-faults.ts'
import { registerKrakenAccount } from './kraken/account.routes.ts'
import { registerKrakenRest } from './kraken/rest.routes.ts'
import { createKrakenSockets } from './kraken/sockets.ts'
import type { SimulatedBook } from './market/book.ts'
import type { SimulatedMarket } from './market/market.ts'
import { playMarkets } from './market/play.ts'
import { type MarketEvents, MarketPlayer } from './market/player.ts'
import { type Interest, interestsOf } from './sockets/audience.ts'
import { serveSockets, type VenueSockets } from './sockets/sockets.ts'

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
  const { markets } = options
  const app = Fastify({ forceCloseConnections: true })
  const nowMs = () => markets[0]!.clock.nowMs()
  const board = new FaultBoard()
  const accounts = new Accounts()
  const feed = new OrderFeed()
  const engine = new MatchingEngine({
    nowMs,
    bookOf: (market) => bookOf(market),
    onEvent: (event) => feed.publish(event),
  })
  let interests: ReadonlyMap<string, Interest> = new Map()
  const look = () => (interests = interestsOf(board.subscribers(), engine.marketsWatched()))
  const players = createPlayers(options, {
    interestIn: (market) => interests.get(market.native),
    venues: () => venues,
    engine,
  })
  const bookOf = (market: SimulatedMarket) => {
    // Whoever asks may have subscribed just now, and the book must go on from what they are told here.
    look()
    return players.get(market)!.book
  }
  // No frame says a time before what happened until then is sent.
  let toldMs = nowMs()
  const toldAt = (venue: SimulatedVenue) => () => toldMs + board.skewMs(venue)
  // Clients sign by the real time, or by that of the exchange if they have asked for it.
  const clocksOf = (venue: SimulatedVenue) => () =>
    [Date.now(), nowMs()].map((ms) => ms + board.skewMs(venue))
  const tokens = new Map<string, Account>()
  const shared = { markets, bookOf, board, accounts, feed }
  const venues: readonly VenueSockets[] = [
    createBinanceSockets({ ...shared, nowMs: toldAt('binance'), clocks: clocksOf('binance') }),
    createCoinbaseSockets({
      ...shared,
      nowMs: toldAt('coinbase'),
      accountOfToken: (token) => accountOfToken(token, { accounts, clocks: clocksOf('coinbase') }),
    }),
    createKrakenSockets({
      ...shared,
      nowMs: toldAt('kraken'),
      accountOfToken: (token) => tokens.get(token),
    }),
  ]
  const closeSockets = serveSockets(app.server, venues)
  const issueToken = (account: Account, token: string) => void tokens.set(token, account)
  registerVenues(app, { ...shared, nowMs, engine, clocksOf, issueToken })
  registerControl(app, { board, players: [...players.values()], nowMs, accounts, engine })

  const stopPlaying = playMarkets({
    players: [...players.values()],
    nowMs,
    endMs: markets[0]!.clock.endMs,
    look,
    onTold: (timeMs) => (toldMs = timeMs),
    onEnd: options.onEnd,
  })
  app.addHook('preClose', async () => {
    stopPlaying()
    board.clear()
    await closeSockets()
  })
  return app
}

interface Audience {
  readonly interestIn: (market: SimulatedMarket) => Interest | undefined
  readonly venues: () => readonly VenueSockets[]
  readonly engine: MatchingEngine
}

/** What a market does is told by every exchange, and then fills orders. */
const createPlayers = (
  { markets, bookLevels }: SimulatorOptions,
  { interestIn, venues, engine }: Audience,
): ReadonlyMap<SimulatedMarket, MarketPlayer> => {
  const events: MarketEvents = {
    onTrade: (...event) => {
      for (const venue of venues()) venue.sendTrade(...event)
      engine.onTrade(...event)
    },
    onKline: (...event) => venues().forEach((venue) => venue.sendKline(...event)),
    onBook: (...event) => venues().forEach((venue) => venue.sendBook(...event)),
    onTicker: (...event) => venues().forEach((venue) => venue.sendTicker(...event)),
  }
  return new Map(
    markets.map((market) => [
      market,
      new MarketPlayer({ market, bookLevels, events, interest: () => interestIn(market) }),
    ]),
  )
}

interface Venues {
  readonly markets: readonly SimulatedMarket[]
  readonly nowMs: () => number
  readonly bookOf: (market: SimulatedMarket) => SimulatedBook
  readonly board: FaultBoard
  readonly accounts: Accounts
  readonly engine: MatchingEngine
  readonly clocksOf: (venue: SimulatedVenue) => () => readonly number[]
  readonly issueToken: (account: Account, token: string) => void
}

const registerVenues = (app: FastifyInstance, venues: Venues): void => {
  const { markets, nowMs, bookOf, board, accounts, engine, clocksOf } = venues
  const clockOf = (venue: SimulatedVenue) => () => nowMs() + board.skewMs(venue)
  const byName = new Map(markets.map((market) => [market.native, market]))
  registerRequestFaults(app, board)
  // Signatures are of the text as it was sent.
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) =>
    done(null, body),
  )
  registerRest(app, { markets: byName, nowMs: clockOf('binance'), bookOf })
  registerBinanceAccount(app, {
    accounts,
    engine,
    markets: byName,
    nowMs: clockOf('binance'),
    clocks: clocksOf('binance'),
  })
  registerCoinbaseAccount(app, { accounts, engine, markets, clocks: clocksOf('coinbase') })
  registerKrakenAccount(app, { accounts, engine, markets, issueToken: venues.issueToken })
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
  readonly accounts: Accounts
  readonly engine: MatchingEngine
}

const registerControl = (app: FastifyInstance, { board, players, nowMs, ...trading }: Control): void => {
  app.get('/health/live', async () => ({
    status: 'ok',
    simulatedMs: nowMs(),
    connections: board.connections().length,
  }))
  registerTruth(app, { players })
  registerFaults(app, board)
  registerAccounts(app, trading)
}
