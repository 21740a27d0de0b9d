import {
  marketId,
  type MarketMessage,
  type MarketName,
  type MarketRequest,
  marketRequest,
  TAPE_CHANNELS,
  type TapeChannel,
} from '@botcriptofy/contracts/stream'
import { inputProblems } from '@botcriptofy/contracts/input'
import type { TapeReader } from '@botcriptofy/runtime/stream'
import type { WebSocket } from 'ws'
import type { MarketStates } from './market-states.ts'

/** Channels of markets that one connection may have. */
const MOST_SUBSCRIPTIONS = 500
/** With so much unsent nothing more is given to the connection until it has taken that. */
const HIGH_WATER_BYTES = 256 * 1024
/** A client that takes nothing for so long is cut. */
const DRAIN_LIMIT_MS = 10_000
const CLOSE_LIMIT_MS = 1_000
const PING_EVERY_MS = 30_000
/** The code of RFC 6455 for a client that breaks the rules of the house, such as not reading. */
const POLICY_VIOLATION = 1008

export interface MarketClientOptions {
  readonly socket: WebSocket
  readonly tape: TapeReader
  readonly states: MarketStates
  readonly onCut: (reason: 'slow' | 'silent') => void
}

/** One browser: what it asked for goes out as fast as it reads, and what it cannot take waits in the tape reader's bounds. */
export class MarketClient {
  readonly #options: MarketClientOptions
  /** By market and channel, what ends the subscription. */
  readonly #subscriptions = new Map<string, Subscription>()
  #leaveStates: (() => void) | undefined
  #draining: Promise<void> | undefined
  #isAlive = true

  constructor(options: MarketClientOptions) {
    this.#options = options
    const { socket } = options
    const ping = setInterval(() => this.#ping(), PING_EVERY_MS)
    socket.on('message', (data, isBinary) => {
      const isText = Buffer.isBuffer(data) && !isBinary
      this.#take(isText ? readRequest(data.toString('utf8')) : 'expected text, was binary')
    })
    socket.on('pong', () => (this.#isAlive = true))
    // The close that follows says all.
    socket.on('error', () => undefined)
    socket.once('close', () => {
      clearInterval(ping)
      for (const { leave } of this.#subscriptions.values()) leave()
      this.#subscriptions.clear()
      this.#leaveStates?.()
    })
  }

  #ping(): void {
    if (!this.#isAlive) {
      this.#options.onCut('silent')
      return this.#options.socket.terminate()
    }
    this.#isAlive = false
    this.#options.socket.ping()
  }

  #take(request: MarketRequest | string): void {
    if (typeof request === 'string') return this.#send({ type: 'refused', reason: request })
    const added = (request.subscribe ?? []).flatMap(subscriptionsOf)
    const isNew = ({ id }: Wanted) => !this.#subscriptions.has(id)
    const count = this.#subscriptions.size + added.filter(isNew).length
    if (count > MOST_SUBSCRIPTIONS) {
      const reason = `expected at most ${MOST_SUBSCRIPTIONS} channels of markets on a connection, was ${count}`
      return this.#send({ type: 'refused', reason })
    }
    // The answer goes before the events.
    this.#change(request, added.filter(isNew))
  }

  #change({ unsubscribe, states }: MarketRequest, added: readonly Wanted[]): void {
    for (const { id } of (unsubscribe ?? []).flatMap(subscriptionsOf)) {
      this.#subscriptions.get(id)?.leave()
      this.#subscriptions.delete(id)
    }
    if (states === false) {
      this.#leaveStates?.()
      this.#leaveStates = undefined
    }
    const now = [...this.#subscriptions.values(), ...added]
    this.#send({
      type: 'subscribed',
      items: byMarket(now),
      states: states ?? this.#leaveStates !== undefined,
    })
    for (const wanted of added) {
      if (this.#subscriptions.has(wanted.id)) continue
      const { market, channel } = wanted
      const leave = this.#options.tape.subscribe({ market, channels: [channel] }, (event) => {
        this.#send(event)
        return this.#untilDrained()
      })
      this.#subscriptions.set(wanted.id, { ...wanted, leave })
    }
    if (states !== true || this.#leaveStates !== undefined) return
    this.#leaveStates = this.#options.states.listen((items) => {
      // The next ones will be newer.
      if (this.#draining === undefined) this.#send({ type: 'states', items: [...items] })
    })
  }

  #send(message: MarketMessage): void {
    const { socket } = this.#options
    if (socket.readyState !== socket.OPEN) return
    socket.send(JSON.stringify(message))
    if (socket.bufferedAmount > HIGH_WATER_BYTES) this.#draining ??= this.#drain()
  }

  #untilDrained(): Promise<void> | undefined {
    return this.#draining
  }

  /** Until all is sent; a client that takes nothing meanwhile is cut. */
  async #drain(): Promise<void> {
    const { socket } = this.#options
    const limit = setTimeout(() => {
      this.#options.onCut('slow')
      socket.close(POLICY_VIOLATION, 'too slow')
      // It may not read the close frame either.
      setTimeout(() => socket.terminate(), CLOSE_LIMIT_MS).unref()
    }, DRAIN_LIMIT_MS)
    // An empty frame behind all that waits: when it is gone, so is the rest.
    await new Promise<void>((resolve) => {
      socket.once('close', () => resolve())
      socket.ping('', undefined, () => resolve())
    })
    clearTimeout(limit)
    this.#draining = undefined
  }
}

interface Wanted {
  readonly id: string
  readonly market: MarketName
  readonly channel: TapeChannel
}

interface Subscription extends Wanted {
  readonly leave: () => void
}

type Named = NonNullable<MarketRequest['subscribe']>[number]

const subscriptionsOf = ({ venue, symbol, channels }: Named): readonly Wanted[] =>
  [...new Set(channels)].map((channel) => {
    const market = { venue, symbol }
    return { id: `${channel} ${marketId(market)}`, market, channel }
  })

/** The request, or what is wrong with it. */
const readRequest = (text: string): MarketRequest | string => {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return 'expected JSON'
  }
  const parsed = marketRequest.safeParse(json)
  if (parsed.success) return parsed.data
  const problems = inputProblems(parsed.error, json)
  return problems
    .map(({ path, expected, actual }) => `${path}: expected ${expected}, was ${actual}`)
    .join('; ')
}

const byMarket = (wanted: readonly Wanted[]): Named[] => {
  const markets = new Map<string, { readonly market: MarketName; readonly channels: Set<TapeChannel> }>()
  for (const { market, channel } of wanted) {
    const known = markets.get(marketId(market)) ?? { market, channels: new Set() }
    known.channels.add(channel)
    markets.set(marketId(market), known)
  }
  return [...markets.values()].map(({ market, channels }) => ({
    ...market,
    channels: TAPE_CHANNELS.filter((channel) => channels.has(channel)),
  }))
}
