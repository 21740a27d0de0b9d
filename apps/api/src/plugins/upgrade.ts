import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type WebSocket, WebSocketServer } from 'ws'
import { HttpProblem } from '../problem.ts'

/** Larger messages of a client end its connection. */
const MAX_MESSAGE_BYTES = 64 * 1024
/** Clients that do not answer the close frame are gone after this. */
const CLOSE_LIMIT_MS = 500

export interface Upgrades {
  /** Turns the request into a WebSocket; throws an `UPGRADE_REQUIRED` where the client did not ask for one. */
  readonly accept: (request: FastifyRequest, reply: FastifyReply) => Promise<WebSocket>
}

/**
 * Lets requests for a WebSocket go through the routes like any other: the same proof of who calls, the same limits, the
 * same problems in the answer where they are refused.
 */
export const installUpgrades = (app: FastifyInstance): Upgrades => {
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
  })
  const upgrading = new WeakMap<IncomingMessage, { readonly socket: Duplex; readonly head: Buffer }>()
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    upgrading.set(request, { socket, head })
    const response = new ServerResponse(request)
    response.assignSocket(request.socket)
    response.shouldKeepAlive = false
    response.once('finish', () => socket.end())
    app.routing(request, response)
  })
  app.addHook('preClose', async () => {
    for (const client of sockets.clients) client.close(1001, 'the server stops')
    setTimeout(() => sockets.clients.forEach((client) => client.terminate()), CLOSE_LIMIT_MS).unref()
  })
  return {
    accept: (request, reply) => {
      const upgrade = upgrading.get(request.raw)
      if (upgrade === undefined) {
        throw new HttpProblem('UPGRADE_REQUIRED', {
          detail: 'expected the header Upgrade: websocket',
          headers: { upgrade: 'websocket', connection: 'upgrade' },
        })
      }
      reply.hijack()
      reply.raw.detachSocket(request.raw.socket)
      return new Promise((resolve) =>
        sockets.handleUpgrade(request.raw, upgrade.socket, upgrade.head, resolve),
      )
    },
  }
}
