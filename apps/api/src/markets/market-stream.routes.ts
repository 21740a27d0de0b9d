import type { FastifyPluginAsync } from 'fastify'
import { marketStreamMetrics, openTapeReader, tapeReaderMetrics } from '@botcriptofy/runtime/stream'
import type { ApiDeps } from '../deps.ts'
import { callerOf, refuseOtherOrigin } from '../plugins/auth.ts'
import type { Upgrades } from '../plugins/upgrade.ts'
import { withZod } from '../plugins/zod.ts'
import { HttpProblem } from '../problem.ts'
import { MarketClient } from './market-client.ts'
import { createMarketStates } from './market-states.ts'

/** Connections that one tenant may have to one API process. */
const MOST_PER_TENANT = 50

const description = [
  'A WebSocket. Every frame is one JSON text.',
  '',
  'The client says `{"subscribe":[{"venue":"binance","symbol":"BTC/USDT","channels":["trade","candle","ticker","book"]}]}`,',
  '`{"unsubscribe":[…]}` in the same shape, `{"states":true}` or several of these in one. Each is answered by',
  '`{"type":"subscribed","items":[…],"states":…}` with all that the connection has now, or by',
  '`{"type":"refused","reason":…}`.',
  '',
  'A channel begins with `start` and the newest record (`trade`, `candle`, `ticker`, `book_snapshot`), and goes on in order.',
  '`gap_open` and `gap_closed` enclose the time in which a book is not proven; `missing` names trades or candles that the',
  'tape does not have; `interrupted` and `resumed` enclose the time in which it cannot be read. With `states` a `states`',
  'message comes every second: what `GET /v1/markets` answers.',
  '',
  'A client that reads too slowly gets the newest ticker and book only, and a `lag` in the place of trades and candles that',
  'it was not given; one that takes nothing for ten seconds is cut with 1008.',
].join('\n')

/** `/v1/markets/stream`: the tape, live, for browsers and the CLI. */
export const marketStreamRoutes =
  ({ redis, log, metrics, config }: ApiDeps, upgrades: Upgrades): FastifyPluginAsync =>
  async (scope) => {
    const tape = openTapeReader({ redis, log, metrics: tapeReaderMetrics(metrics) })
    const states = createMarketStates(redis, log)
    const { connections, cuts } = marketStreamMetrics(metrics)
    const byTenant = new Map<string, number>()
    scope.addHook('onClose', () => tape.close())
    withZod(scope).get(
      '/markets/stream',
      {
        config: { access: ['candles:read'] },
        schema: { summary: 'The tape of markets, live (WebSocket)', description },
      },
      async (request, reply) => {
        const { tenant, via } = callerOf(request)
        if (via.kind === 'session') refuseOtherOrigin(request, config.API_PUBLIC_URL)
        const open = byTenant.get(tenant.tenantId) ?? 0
        if (open >= MOST_PER_TENANT) {
          throw new HttpProblem('RATE_LIMITED', {
            detail: `expected at most ${MOST_PER_TENANT} connections of a tenant`,
          })
        }
        const socket = await upgrades.accept(request, reply)
        byTenant.set(tenant.tenantId, (byTenant.get(tenant.tenantId) ?? 0) + 1)
        connections.inc()
        socket.once('close', () => {
          connections.dec()
          const left = (byTenant.get(tenant.tenantId) ?? 1) - 1
          if (left === 0) byTenant.delete(tenant.tenantId)
          else byTenant.set(tenant.tenantId, left)
        })
        new MarketClient({ socket, tape, states, onCut: (reason) => cuts.inc({ reason }) })
      },
    )
  }
