import Fastify, { type FastifyInstance } from 'fastify'
import { registerRest } from './binance/rest.routes.ts'
import { createSockets } from './binance/sockets.ts'
import type { SimulatedMarket } from './market/market.ts'
import { Playback } from './market/playback.ts'
import { seriesEndMs } from './market/series.ts'

/** Real milliseconds between two looks at the simulated clock. */
const PLAY_EVERY_MS = 20

export interface SimulatorOptions {
  readonly market: SimulatedMarket
  /** Called once when the recorded market has nothing more to tell. */
  readonly onEnd: () => void
}

/** A local Binance: its public REST and WebSocket protocols over one replayed market. Listen on loopback only. */
export const createSimulator = ({ market, onEnd }: SimulatorOptions): FastifyInstance => {
  const app = Fastify({ forceCloseConnections: true })
  const sockets = createSockets(app.server)
  const nowMs = () => market.clock.nowMs()
  registerRest(app, { markets: new Map([[market.native, market]]), nowMs })
  app.get('/health/live', async () => ({
    status: 'ok',
    simulatedMs: nowMs(),
    connections: sockets.connections(),
  }))
  // What a test cannot wait for a real exchange to do.
  app.post('/simulator/drop-connections', async () => sockets.drop())
  app.post('/simulator/announce-shutdown', async () => sockets.announceShutdown(nowMs()))

  const playback = new Playback({
    series: market.series,
    startMs: nowMs(),
    intervals: market.intervals,
    events: {
      onTrade: (trade) => sockets.sendTrade(market, trade),
      onKline: (interval, kline, state) => sockets.sendKline(market, kline, { interval, ...state }),
    },
  })
  const endMs = seriesEndMs(market.series)
  const play = () => {
    const now = nowMs()
    playback.advance(now)
    if (now < endMs) return
    clearInterval(timer)
    onEnd()
  }
  const timer = setInterval(play, PLAY_EVERY_MS)
  app.addHook('preClose', async () => {
    clearInterval(timer)
    await sockets.close()
  })
  return app
}
