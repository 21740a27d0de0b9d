import type { WebSocket } from 'ws'
import { z } from 'zod'
import type { Account } from '../accounts/account.ts'
import type { OrderEvent } from '../accounts/matching-engine.ts'
import type { OrderFeed } from '../accounts/order-feed.ts'
import type { FaultBoard } from '../faults/fault-board.ts'
import type { FaultyWire } from '../faults/faulty-wire.ts'
import { Refusal } from './refusal.ts'
import { accountOf, checkSignature, checkTime, type SignedOptions } from './signature.ts'
import { accountPosition, executionReport } from './user-events.ts'

const scalar = z.union([z.string(), z.number(), z.boolean()])
const request = z.object({
  id: z.union([z.string(), z.int(), z.null()]),
  method: z.string(),
  params: z.record(z.string(), scalar).default({}),
})
type Asked = z.infer<typeof request>

export interface ApiSessionOptions extends SignedOptions {
  readonly socket: WebSocket
  readonly board: FaultBoard
  readonly feed: OrderFeed
}

/** One connection of the WebSocket API (web-socket-api.md), as far as the user data stream needs it. */
export class ApiSession {
  readonly #options: ApiSessionOptions
  readonly #wire: FaultyWire
  readonly #followed = new Map<number, () => void>()
  #subscriptions = 0

  constructor(options: ApiSessionOptions) {
    const { socket, board } = options
    this.#options = options
    this.#wire = board.open({
      venue: 'binance',
      socket,
      streams: () => [...this.#followed.keys()].map(() => 'userData'),
    })
    socket.on('message', (data) => {
      if (Buffer.isBuffer(data)) this.#answer(data.toString('utf8'))
    })
    socket.on('close', () => this.#followed.forEach((end) => end()))
  }

  #answer(text: string): void {
    const asked = readRequest(text)
    if (this.#wire.take('lostRequest', text)) return
    try {
      if (asked === undefined) throw new Refusal(-1135, 'Invalid JSON Request')
      this.#wire.answer(JSON.stringify({ id: asked.id, status: 200, result: this.#resultOf(asked) }))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const { status, code, message } = error
      this.#wire.answer(JSON.stringify({ id: asked?.id ?? null, status, error: { code, msg: message } }))
    }
  }

  #resultOf({ method, params }: Asked): object {
    switch (method) {
      case 'ping':
        return {}
      case 'time':
        return { serverTime: this.#options.clocks().at(-1) }
      case 'userDataStream.subscribe.signature':
        return { subscriptionId: this.#follow(this.#signedBy(params)) }
      case 'userDataStream.unsubscribe':
        for (const end of this.#followed.values()) end()
        this.#followed.clear()
        return {}
      default:
        throw new Refusal(-1100, `Unknown method '${method}'.`)
    }
  }

  /** What is signed is the parameters in the order of their names. */
  #signedBy(params: Asked['params']): Account {
    const { signature, ...signed } = params
    const account = accountOf(this.#options.accounts, String(params['apiKey'] ?? ''))
    const names = Object.keys(signed).toSorted((a, b) => (a < b ? -1 : 1))
    const payload = names.map((name) => `${name}=${encodeURIComponent(String(signed[name]))}`).join('&')
    checkSignature(account, payload, signature === undefined ? null : String(signature))
    checkTime(new URLSearchParams(payload), this.#options.clocks())
    return account
  }

  #follow(account: Account): number {
    const subscriptionId = this.#subscriptions++
    this.#wire.subscribed('userData')
    const send = (event: object) => {
      if (!this.#wire.isSilenced('userData'))
        this.#wire.send('userData', JSON.stringify({ subscriptionId, event }))
    }
    const tell = (event: OrderEvent) => {
      send(executionReport(event))
      send(accountPosition(account, event.order.updatedMs))
    }
    this.#followed.set(subscriptionId, this.#options.feed.follow(account, tell))
    return subscriptionId
  }
}

const readRequest = (text: string): Asked | undefined => {
  try {
    return request.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
