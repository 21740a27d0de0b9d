import { once } from 'node:events'
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { FaultBoard } from './fault-board.ts'
import { type FaultOrder, isRefusal, isRequestFault, type SimulatedVenue } from './fault-order.ts'
import { maintenanceAnswer, outcomeUnknown, refusalOf } from './refusals.ts'

/** One port serves all exchanges; their paths differ. */
export const venueOfPath = (path: string): SimulatedVenue | undefined => {
  if (path.startsWith('/api/v3/brokerage') || path.startsWith('/v2/')) return 'coinbase'
  if (path.startsWith('/api/v3/')) return 'binance'
  return path.startsWith('/0/') ? 'kraken' : undefined
}

/** Does to HTTP requests what was ordered: before they are obeyed, or to the answer when they were. */
export const registerRequestFaults = (app: FastifyInstance, board: FaultBoard): void => {
  app.addHook('onRequest', async (request, reply) => {
    const venue = venueOfPath(request.url)
    if (venue === undefined) return
    // Kraken says at its own path that it is in maintenance.
    if (board.isDown(venue) && !request.url.startsWith('/0/public/SystemStatus')) {
      const { status, body } = maintenanceAnswer(venue)
      return reply.code(status).send(body)
    }
    const order = board.takeRequest({ venue, path: pathOf(request), isMeant: isRefusal })
    return order && refuse(reply, order)
  })
  app.addHook<unknown>('onSend', async (request, reply, payload) => {
    const venue = venueOfPath(request.url)
    if (venue === undefined || typeof payload !== 'string') return payload
    const isMeant = (fault: FaultOrder['fault']) => isRequestFault(fault) && !isRefusal(fault)
    const order = board.takeRequest({ venue, path: pathOf(request), isMeant })
    return order ? loseAnswer(reply, { order, payload }) : payload
  })
}

const pathOf = ({ url }: FastifyRequest): string => url.split('?')[0] ?? url

const refuse = (reply: FastifyReply, order: FaultOrder) => {
  if (order.fault === 'hang') return reply.hijack()
  if (order.fault === 'reset') {
    reply.hijack()
    reply.raw.socket?.resetAndDestroy()
    return reply
  }
  const { status, body, isHtml } = refusalOf(order)
  if (order.fault === 'rateLimit' || order.fault === 'ban')
    reply.header('retry-after', order.retryAfterSeconds)
  return reply
    .code(status)
    .type(isHtml ? 'text/html' : 'application/json')
    .send(body)
}

const loseAnswer = async (
  reply: FastifyReply,
  { order, payload }: { readonly order: FaultOrder; readonly payload: string },
): Promise<unknown> => {
  const { socket } = reply.raw
  switch (order.fault) {
    case 'timeout':
      reply.code(503)
      return outcomeUnknown
    case 'resetAfter':
      socket?.resetAndDestroy()
      return payload
    case 'hangAfter':
      if (socket && !socket.destroyed) await once(socket, 'close')
      return payload
    default:
      reply.header('content-length', Buffer.byteLength(payload))
      return halfOf(payload)
  }
}

const halfOf = (payload: string): Readable =>
  Readable.from(
    (async function* () {
      yield Buffer.from(payload).subarray(0, payload.length >> 1)
      throw new Error('the body is cut, as ordered')
    })(),
  )
