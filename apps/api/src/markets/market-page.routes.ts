import type { FastifyPluginAsync } from 'fastify'
import { marketsPage, marketsPagePolicy } from '@botcriptofy/report/markets'

/** `/markets`: how every feed is, live, for a browser that has logged in. */
export const marketPageRoutes: FastifyPluginAsync = async (app) => {
  app.get(
    '/markets',
    { config: { access: ['candles:read'] }, schema: { hide: true } },
    async (_request, reply) =>
      reply
        .header('content-security-policy', marketsPagePolicy())
        .type('text/html; charset=utf-8')
        .send(marketsPage()),
  )
}
