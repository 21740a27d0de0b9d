import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { market } from '@botcriptofy/contracts/stream'
import { readMarkets } from '@botcriptofy/runtime/stream'
import type { ApiDeps } from '../deps.ts'
import { withZod } from '../plugins/zod.ts'

const marketList = z.object({ items: z.array(market), nextCursor: z.null() })

/** `/v1/markets`: every market that is or was streamed, its last price and how its feed is. */
export const marketRoutes =
  ({ redis }: ApiDeps): FastifyPluginAsync =>
  async (scope) => {
    withZod(scope).get(
      '/markets',
      {
        config: { access: ['candles:read'] },
        schema: { summary: 'Last prices, their age and how each feed is', response: { 200: marketList } },
      },
      async () => ({ items: [...(await readMarkets(redis, Date.now()))], nextCursor: null }),
    )
  }
