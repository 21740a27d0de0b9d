import type { FastifyInstance } from 'fastify'
import type { TracedRequest, Traces } from '@botcriptofy/runtime/traces'

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined where nothing is traced. */
    traced: TracedRequest | undefined
  }
}

/** A span for every request of this scope, under that of a caller who traces. Its path and query stay out of it. */
export const installTracing = (app: FastifyInstance, traces: Traces): void => {
  app.decorateRequest('traced', undefined)
  app.addHook('onRequest', async (request) => {
    const { traceparent } = request.headers
    request.traced = traces.startRequest({
      method: request.method,
      route: request.routeOptions.url ?? 'unknown',
      traceparent: typeof traceparent === 'string' ? traceparent : undefined,
    })
  })
  app.addHook('onResponse', async (request, reply) => request.traced?.end(reply.statusCode))
}
