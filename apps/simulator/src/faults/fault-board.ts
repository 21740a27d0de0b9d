import type { WebSocket } from 'ws'
import {
  type Fault,
  type FaultOrder,
  isRequestFault,
  isSocketFault,
  type SimulatedVenue,
} from './fault-order.ts'
import { FaultyWire } from './faulty-wire.ts'

/** What is remembered of what was done; the oldest goes first. */
const MOST_DONE = 20_000
/** Of what lasts and was ordered without a time. */
const LASTS_MS = 30_000

export interface DoneFault {
  readonly timeMs: number
  readonly venue: SimulatedVenue
  readonly fault: Fault
  readonly connection?: number
  /** The stream or the path of the request that it hit. */
  readonly target?: string
}

export interface OpenedConnection {
  readonly venue: SimulatedVenue
  readonly socket: WebSocket
  /** The streams it has subscribed to. */
  readonly streams: () => readonly string[]
  readonly announce?: () => void
}

interface Connection extends OpenedConnection {
  readonly wire: FaultyWire
}

interface ArmedRequest {
  readonly order: FaultOrder
  left: number
}

/** All faults that were ordered, when they begin and end, and what they did. */
export class FaultBoard {
  readonly #connections = new Map<number, Connection>()
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #lasting = new Set<FaultOrder>()
  readonly #maintenance = new Set<(venue: SimulatedVenue) => void>()
  #requests: ArmedRequest[] = []
  #done: DoneFault[] = []
  #opened = 0

  /** Every connection is one of these, from its first moment on. */
  open(opened: OpenedConnection): FaultyWire {
    const { venue, socket, announce } = opened
    const connection = ++this.#opened
    const wire = new FaultyWire({
      socket,
      connection,
      announce,
      isDown: () => this.isDown(venue),
      onDone: ({ order, stream }) => this.#note(order, { connection, ...(stream && { target: stream }) }),
    })
    this.#connections.set(connection, { ...opened, wire })
    socket.on('close', () => this.#connections.delete(connection))
    for (const order of this.#lasting) if (isMeant(order, venue, connection)) wire.arm(order)
    return wire
  }

  /** Who may be listening: a connection that is open and subscribed. */
  subscribers(): Iterable<OpenedConnection> {
    return this.#connections.values()
  }

  connections() {
    return [...this.#connections].map(([connection, { venue, streams }]) => ({
      connection,
      venue,
      streams: streams(),
    }))
  }

  /** As a broken network does it, of every connection there is. */
  dropAll(): void {
    for (const { wire } of this.#connections.values()) wire.drop()
  }

  announceAll(): void {
    for (const { wire } of this.#connections.values()) wire.announce()
  }

  order(order: FaultOrder): void {
    if (order.afterMs === 0) this.#begin(order)
    else this.#later(order.afterMs, () => this.#begin(order))
  }

  /** Everything done so far, oldest first, and what is still to come or lasts. */
  report() {
    return { done: this.#done, lasting: [...this.#lasting], waiting: this.#timers.size - this.#lasting.size }
  }

  skewMs(venue: SimulatedVenue): number {
    return this.#lastingOf(venue, 'clockSkew')?.skewMs ?? 0
  }

  isDown(venue: SimulatedVenue): boolean {
    return this.#lastingOf(venue, 'maintenance') !== undefined
  }

  /** Hears when the maintenance of an exchange begins and when it ends. */
  onMaintenance(listener: (venue: SimulatedVenue) => void): void {
    this.#maintenance.add(listener)
  }

  /** What happens to a request now, where something does. */
  takeRequest(request: RequestSeen): FaultOrder | undefined {
    const armed = this.#requests.find(
      ({ order }) =>
        order.venue === request.venue &&
        request.isMeant(order.fault) &&
        (order.path === undefined || request.path.includes(order.path)),
    )
    if (armed === undefined) return undefined
    this.#note(armed.order, { target: request.path })
    armed.left -= 1
    if (armed.left <= 0) this.#requests = this.#requests.filter((one) => one !== armed)
    return armed.order
  }

  /** Nothing more is wrong, nor will be; what was done stays done. */
  clear(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    for (const order of this.#lasting) this.#end(order)
    this.#requests = []
    for (const { wire } of this.#connections.values()) wire.heal()
  }

  #begin(order: FaultOrder): void {
    const { venue, fault, times } = order
    const isOfVenue = !isSocketFault(fault) && !isRequestFault(fault)
    const forMs = order.forMs ?? (isOfVenue ? LASTS_MS : undefined)
    if (forMs !== undefined) {
      this.#lasting.add(order)
      this.#later(forMs, () => this.#end(order))
    }
    if (isRequestFault(fault)) {
      const endless = forMs === undefined ? 1 : Number.POSITIVE_INFINITY
      this.#requests.push({ order, left: times ?? endless })
    }
    if (isSocketFault(fault)) for (const wire of this.#wiresMeant(order)) wire.arm(order)
    if (isOfVenue) this.#note(order, {})
    if (fault === 'maintenance') this.#beginMaintenance(venue)
  }

  /** Kraken keeps its connections and tells them; the others close them. */
  #beginMaintenance(venue: SimulatedVenue): void {
    for (const listener of this.#maintenance) listener(venue)
    if (venue === 'kraken') return
    for (const connection of this.#connections.values())
      if (connection.venue === venue) connection.socket.close(1001, 'maintenance')
  }

  #end(order: FaultOrder): void {
    this.#lasting.delete(order)
    this.#requests = this.#requests.filter((armed) => armed.order !== order)
    for (const { wire } of this.#connections.values()) wire.disarm(order)
    if (order.fault !== 'maintenance' || this.isDown(order.venue)) return
    for (const listener of this.#maintenance) listener(order.venue)
  }

  #wiresMeant(order: FaultOrder): readonly FaultyWire[] {
    const wires = [...this.#connections.values()]
      .filter(({ venue, wire }) => isMeant({ ...order, pick: undefined }, venue, wire.connection))
      .map(({ wire }) => wire)
    if (order.pick === undefined) return wires
    return wires.slice(order.pick % Math.max(1, wires.length)).slice(0, 1)
  }

  #lastingOf(venue: SimulatedVenue, fault: Fault): FaultOrder | undefined {
    for (const order of this.#lasting) if (order.venue === venue && order.fault === fault) return order
    return undefined
  }

  #note({ venue, fault }: FaultOrder, hit: Pick<DoneFault, 'connection' | 'target'>): void {
    this.#done.push({ timeMs: Date.now(), venue, fault, ...hit })
    if (this.#done.length > MOST_DONE) this.#done = this.#done.slice(-MOST_DONE / 2)
  }

  #later(delayMs: number, then: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      then()
    }, delayMs)
    this.#timers.add(timer)
  }
}

export interface RequestSeen {
  readonly venue: SimulatedVenue
  readonly path: string
  /** The faults that can be done at this moment of the request. */
  readonly isMeant: (fault: Fault) => boolean
}

/** A picked connection is one of those that there are, never a new one. */
const isMeant = (order: FaultOrder, venue: SimulatedVenue, connection: number): boolean =>
  isSocketFault(order.fault) &&
  order.venue === venue &&
  order.pick === undefined &&
  (order.connection ?? connection) === connection
