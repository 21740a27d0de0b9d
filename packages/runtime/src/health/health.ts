import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Registry } from 'prom-client'

export interface HealthServer {
  readonly port: number
  readonly close: () => Promise<void>
}

/** `/health/live`, `/health/ready` and `/metrics` of a process without an API, on loopback unless told otherwise. */
export const serveHealth = async (options: {
  readonly port: number
  readonly host?: string | undefined
  readonly registry: Registry
  /** False: the process is up but does nothing any more, and should be started anew. */
  readonly isAlive?: () => boolean
  /** Each check by name; all must be true for the process to be ready. */
  readonly checks: () => Promise<Readonly<Record<string, boolean>>>
}): Promise<HealthServer> => {
  const answer = async (
    path: string | undefined,
  ): Promise<{ status: number; type: string; body: string }> => {
    if (path === '/health/live') {
      return options.isAlive?.() === false ? json(503, { status: 'stuck' }) : json(200, { status: 'ok' })
    }
    if (path === '/health/ready') {
      const checks = await options.checks()
      return json(Object.values(checks).every(Boolean) ? 200 : 503, { checks })
    }
    if (path === '/metrics') {
      return { status: 200, type: options.registry.contentType, body: await options.registry.metrics() }
    }
    return json(404, { code: 'NOT_FOUND' })
  }
  const server = createServer((request, response) => {
    answer(request.url).then(
      ({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body),
      () => response.writeHead(500).end(),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host ?? '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const json = (status: number, body: object) => ({
  status,
  type: 'application/json',
  body: JSON.stringify(body),
})
