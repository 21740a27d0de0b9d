import type { WebSocket } from 'ws'
import { countsFrames, type Fault, type FaultOrder, isFrameFault } from './fault-order.ts'

/** A client that is gone is not noticed on a connection that is no longer read. */
const HALF_OPEN_LIMIT_MS = 120_000

export interface WireOptions {
  readonly socket: WebSocket
  /** Number of the connection, over all exchanges. */
  readonly connection: number
  /** The exchange is in maintenance: it says nothing of its markets. */
  readonly isDown: () => boolean
  /** Says that the exchange is about to close the connection, where it does. */
  readonly announce?: (() => void) | undefined
  readonly onDone: (done: { readonly order: FaultOrder; readonly stream: string }) => void
}

interface Armed {
  readonly order: FaultOrder
  left: number
  framesLeft: number
}

/** One client's socket, and what goes wrong on it. */
export class FaultyWire {
  readonly connection: number
  readonly #options: WireOptions
  readonly #openedMs = performance.now()
  readonly #timers = new Set<NodeJS.Timeout>()
  #armed: Armed[] = []
  /** Streams that were accepted, or cut off, and say nothing. */
  readonly #silent = new Set<string>()
  #held: string | undefined
  #isDead = false

  constructor(options: WireOptions) {
    const { socket } = options
    this.connection = options.connection
    this.#options = options
    socket.on('ping', (data) => {
      if (!this.#isDead && !this.take('slowPings', 'ping')) socket.pong(data)
    })
    socket.on('close', () => this.#timers.forEach((timer) => clearTimeout(timer)))
    // A reset by the client is reported as an error before the close.
    socket.on('error', () => socket.terminate())
  }

  arm(order: FaultOrder): void {
    const { fault, times, forMs, afterFrames, lifeMs } = order
    const endless = forMs === undefined ? 1 : Number.POSITIVE_INFINITY
    const armed = { order, left: times ?? endless, framesLeft: afterFrames }
    this.#armed.push(armed)
    if (afterFrames > 0) return
    if (fault === 'close') this.#close(armed)
    if (fault === 'dayCut')
      this.#later(lifeMs - (performance.now() - this.#openedMs), () => this.#close(armed))
    if (fault === 'shutdown') {
      this.announce()
      this.#later(lifeMs, () => this.#close(armed))
    }
    if (fault === 'halfOpen') this.#freeze(armed)
  }

  /** What was ordered for a time ends. */
  disarm(order: FaultOrder): void {
    this.#armed = this.#armed.filter((armed) => armed.order !== order)
    if (order.fault === 'halfOpen' && this.#isDead) this.drop()
  }

  /** Nothing more is ordered; what was frozen is dropped. */
  heal(): void {
    this.#armed = []
    this.#silent.clear()
    if (this.#isDead) this.drop()
  }

  /** True where the fault is due for the stream: it is done now, and that is counted. */
  take(fault: Fault, stream: string): boolean {
    const armed = this.#armed.find(({ order }) => order.fault === fault && isMeant(order, stream))
    if (armed !== undefined) this.#count(armed, stream)
    return armed !== undefined
  }

  /** A silent stream's frames are not even made. */
  isSilenced(stream: string): boolean {
    if (this.#silent.has(stream)) return true
    if (!this.take('silence', stream)) return false
    this.#silent.add(stream)
    return true
  }

  /** The client subscribes: a silence ends, or begins after the answer. */
  subscribed(stream: string): void {
    this.#silent.delete(stream)
    if (this.take('silentAck', stream)) this.#silent.add(stream)
  }

  send(stream: string, frame: string): void {
    if (this.#options.isDown()) return
    const due = this.#armed.find(({ order }) => isOfFrames(order) && isMeant(order, stream))
    if (due === undefined) return this.#deliver(frame)
    if (due.framesLeft > 0) {
      due.framesLeft -= 1
      return this.#deliver(frame)
    }
    this.#spoil(due, { stream, frame })
  }

  /** Answers and notices, which only a dead connection loses. */
  answer(frame: string): void {
    if (!this.#isDead) this.#options.socket.send(frame)
  }

  /** Says that the exchange is about to close the connection. */
  announce(): void {
    this.#options.announce?.()
  }

  /** As a broken network does it: no close frame. */
  drop(): void {
    this.#options.socket.terminate()
  }

  #spoil(due: Armed, { stream, frame }: { readonly stream: string; readonly frame: string }): void {
    switch (due.order.fault) {
      case 'duplicate':
        this.#deliver(frame)
        this.#deliver(frame)
        break
      case 'reorder':
        // It follows the frame after it.
        this.#held = frame
        break
      case 'corrupt':
        this.#deliver(frame.replace(/"checksum":\d+/, '"checksum":1'))
        break
      case 'cut':
        this.#deliver(frame.slice(0, frame.length >> 1))
        break
      case 'close':
        return this.#close(due)
      case 'halfOpen':
        return this.#freeze(due)
      default:
      // Dropped.
    }
    this.#count(due, stream)
  }

  #deliver(frame: string): void {
    this.answer(frame)
    const held = this.#held
    this.#held = undefined
    if (held !== undefined) this.answer(held)
  }

  #close(armed: Armed): void {
    this.#count(armed, '')
    this.drop()
  }

  /** Stops reading, so that not even pings are answered. */
  #freeze(armed: Armed): void {
    this.#isDead = true
    this.#options.socket.pause()
    this.#later(HALF_OPEN_LIMIT_MS, () => this.drop())
    this.#count(armed, '')
  }

  #count(armed: Armed, stream: string): void {
    this.#options.onDone({ order: armed.order, stream })
    armed.left -= 1
    if (armed.left <= 0) this.#armed = this.#armed.filter((one) => one !== armed)
  }

  #later(delayMs: number, then: () => void): void {
    this.#timers.add(setTimeout(then, Math.max(0, delayMs)).unref())
  }
}

const isOfFrames = ({ fault, afterFrames }: FaultOrder): boolean =>
  isFrameFault(fault) || (afterFrames > 0 && countsFrames(fault))

const letters = (name: string): string => name.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase()

/** Exchanges write one market as `btcusdt@trade`, `market_trades:BTC-USDT` and `trade:BTC/USDT`. */
const isMeant = ({ stream, symbol }: FaultOrder, name: string): boolean =>
  (stream === undefined || name.includes(stream)) &&
  (symbol === undefined || letters(name).includes(letters(symbol)))
