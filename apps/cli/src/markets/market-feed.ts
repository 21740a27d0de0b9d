import { setTimeout as delay } from 'node:timers/promises'
import { type MarketMessage, marketMessage, type MarketRequest } from '@botcriptofy/contracts/stream'
import { problemSchema } from '@botcriptofy/contracts/problem'
import { WebSocket } from 'ws'
import { BadInput, WorkFailed } from '../failure.ts'

export interface MarketFeedOptions {
  readonly url: string
  readonly key: string
  readonly request: MarketRequest
  readonly onMessage: (message: MarketMessage) => void
  /** The connection ended, or is there again. */
  readonly onConnection: (state: 'lost' | 'back') => void
  readonly signal: AbortSignal
}

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 10_000
/** The server pings every 30 s; this long without a sign it is gone, although the connection looks alive. */
const SILENCE_LIMIT_MS = 75_000

/**
 * Follows `GET /v1/markets/stream` until the signal aborts, over as many connections as it takes. Throws when the API
 * cannot be reached at first, or refuses.
 */
export const followMarkets = async (options: MarketFeedOptions): Promise<void> => {
  const { signal, onConnection } = options
  let waitMs = FIRST_WAIT_MS
  for (let connections = 0; !signal.aborted;) {
    try {
      const wasOpen = await connectOnce(options, connections > 0)
      if (wasOpen) {
        connections += 1
        waitMs = FIRST_WAIT_MS
        if (!signal.aborted) onConnection('lost')
      }
    } catch (error) {
      // What was there once comes back, unless it says that it does not want us.
      if (connections === 0 || error instanceof BadInput) throw error
    }
    await delay(waitMs, undefined, { signal }).catch(() => undefined)
    waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)
  }
}

/** Resolves when an opened connection has ended; rejects where none was opened. */
const connectOnce = (options: MarketFeedOptions, isAgain: boolean): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const { url, key, request, signal } = options
    const target = new URL('/v1/markets/stream', url)
    target.protocol = target.protocol === 'https:' ? 'wss:' : 'ws:'
    const socket = new WebSocket(target, { headers: { authorization: `Bearer ${key}` } })
    const stop = () => socket.close()
    signal.addEventListener('abort', stop)
    let silence: NodeJS.Timeout | undefined
    const hear = () => {
      clearTimeout(silence)
      silence = setTimeout(() => socket.terminate(), SILENCE_LIMIT_MS)
    }
    let isOpen = false
    socket.on('open', () => {
      isOpen = true
      hear()
      if (isAgain) options.onConnection('back')
      socket.send(JSON.stringify(request))
    })
    socket.on('ping', hear)
    socket.on('message', (data) => {
      hear()
      if (!Buffer.isBuffer(data)) return
      const message = marketMessage.parse(JSON.parse(data.toString('utf8')))
      if (message.type !== 'refused') return options.onMessage(message)
      reject(new BadInput(`refused: ${message.reason}`))
      socket.close()
    })
    socket.on('unexpected-response', (_request, response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => reject(refusalOf(response.statusCode, Buffer.concat(parts).toString('utf8'))))
    })
    socket.on('error', (error) => {
      const message = `The API at ${url} cannot be reached: is it running? (npm start)`
      if (!isOpen) reject(new WorkFailed(message, { cause: error }))
    })
    socket.on('close', () => {
      clearTimeout(silence)
      signal.removeEventListener('abort', stop)
      resolve(isOpen)
    })
  })

const refusalOf = (status: number | undefined, body: string): Error => {
  const problem = problemSchema.safeParse(parsedOf(body))
  const text = problem.success
    ? `${problem.data.code}: ${problem.data.detail ?? problem.data.title}`
    : `the API answered ${status}`
  return status === 401 || status === 403 ? new BadInput(text) : new WorkFailed(text)
}

const parsedOf = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
