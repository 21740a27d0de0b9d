import type { FastifyInstance } from 'fastify'
import { httpMetrics, type Registry } from '@botcriptofy/runtime/metrics'

/** Counts every answer by route pattern, so that ids never become labels. */
export const installHttpMetrics = (app: FastifyInstance, registry: Registry): void => {
  const { took } = httpMetrics(registry)
  app.addHook('onResponse', async (request, reply) => {
    took.observe(
      {
        method: request.method,
        route: request.routeOptions.url ?? 'unknown',
        status: String(reply.statusCode),
      },
      reply.elapsedTime / 1000,
    )
  })
}

/** `/metrics` for Prometheus; it names no tenant. */
export const metricsRoutes =
  (registry: Registry) =>
  async (app: FastifyInstance): Promise<void> => {
    app.get(
      '/metrics',
      { config: { access: 'public', rateLimit: false }, logLevel: 'warn', schema: { hide: true } },
      async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()),
    )
  }
