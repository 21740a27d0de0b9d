import { connect, createServer, type Server, type Socket } from 'node:net'
import { once } from 'node:events'

/**
 * What happens to the bytes between a process and a service. `black-hole` accepts and swallows everything, `mute` swallows
 * one direction (a half-open connection), `hold` keeps bytes back and delivers them in the end, as a network that retransmits
 * does, `delay` delivers each piece so much later.
 */
export type Wire =
  | { readonly kind: 'pass' }
  | { readonly kind: 'black-hole' }
  | { readonly kind: 'mute'; readonly direction: Direction }
  | { readonly kind: 'hold' }
  | { readonly kind: 'delay'; readonly ms: number }

/** Requests go from the process to the service, replies come back. */
export type Direction = 'requests' | 'replies'

export interface FaultProxy {
  readonly port: number
  /** Changes all connections, those to come too. One that has lost bytes is reset: its stream has a hole. */
  readonly setWire: (wire: Wire) => void
  /** Ends every connection with RST; returns how many there were. */
  readonly reset: () => number
  readonly connections: () => number
  /** Bytes that were swallowed so far. */
  readonly lostBytes: () => number
  readonly close: () => Promise<void>
}

/** A TCP proxy on loopback before one port on loopback. */
export const startProxy = async (targetPort: number): Promise<FaultProxy> => {
  let wire: Wire = { kind: 'pass' }
  let lostBytes = 0
  const links = new Set<Link>()
  const server = createServer((client) => {
    const link = new Link(client, {
      targetPort,
      wire: () => wire,
      onLost: (bytes) => (lostBytes += bytes),
      onEnd: () => links.delete(link),
    })
    links.add(link)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: portOf(server),
    setWire: (next) => {
      wire = next
      for (const link of links) link.onWireChange()
    },
    reset: () => {
      const count = links.size
      for (const link of links) link.reset()
      return count
    },
    connections: () => links.size,
    lostBytes: () => lostBytes,
    close: async () => {
      for (const link of links) link.reset()
      server.close()
      await once(server, 'close')
    },
  }
}

const portOf = (server: Server): number => {
  const address = server.address()
  if (typeof address === 'object' && address !== null) return address.port
  throw new Error(`expected a TCP address, was ${String(address)}`)
}

interface LinkOptions {
  readonly targetPort: number
  readonly wire: () => Wire
  readonly onLost: (bytes: number) => void
  readonly onEnd: () => void
}

interface Piece {
  readonly bytes: Buffer
  readonly dueMs: number
}

/** One connection of a process and the one to the service that belongs to it. */
class Link {
  readonly #client: Socket
  readonly #upstream: Socket
  readonly #options: LinkOptions
  readonly #ways: Readonly<Record<Direction, Way>>
  #hasLost = false
  #isEnding = false

  constructor(client: Socket, options: LinkOptions) {
    this.#client = client
    this.#options = options
    this.#upstream = connect({ host: '127.0.0.1', port: options.targetPort })
    this.#ways = {
      requests: new Way(client, this.#upstream, () => this.#holdMs()),
      replies: new Way(this.#upstream, client, () => this.#holdMs()),
    }
    for (const direction of ['requests', 'replies'] as const) {
      const source = direction === 'requests' ? client : this.#upstream
      source.setNoDelay(true)
      source.on('data', (bytes: Buffer) => this.#take(direction, bytes))
      // What follows an error is always a close, which is dealt with below.
      source.on('error', () => undefined)
      source.on('close', () => this.#onSideClosed())
    }
  }

  onWireChange(): void {
    if (this.#hasLost) return this.reset()
    for (const way of Object.values(this.#ways)) way.drain()
    if (this.#isEnding) this.#onSideClosed()
  }

  reset(): void {
    this.#isEnding = true
    for (const way of Object.values(this.#ways)) way.drop()
    for (const socket of [this.#client, this.#upstream]) socket.resetAndDestroy()
    this.#options.onEnd()
  }

  #holdMs(): number {
    const wire = this.#options.wire()
    if (wire.kind === 'hold') return Infinity
    return wire.kind === 'delay' ? wire.ms : 0
  }

  #take(direction: Direction, bytes: Buffer): void {
    const wire = this.#options.wire()
    if (wire.kind === 'black-hole' || (wire.kind === 'mute' && wire.direction === direction)) {
      this.#hasLost = true
      this.#options.onLost(bytes.length)
      return
    }
    this.#ways[direction].push(bytes)
  }

  /** A partition hides the end of one side from the other until it heals. */
  #onSideClosed(): void {
    this.#isEnding = true
    const { kind } = this.#options.wire()
    if (kind === 'black-hole' || kind === 'mute' || kind === 'hold') {
      this.#hasLost = true
      return
    }
    for (const way of Object.values(this.#ways)) way.endWhenEmpty()
    this.#options.onEnd()
  }
}

/** Bytes in one direction, in their order. */
class Way {
  readonly #source: Socket
  readonly #sink: Socket
  readonly #holdMs: () => number
  #pieces: Piece[] = []
  #timer: NodeJS.Timeout | undefined
  #isEnding = false

  constructor(source: Socket, sink: Socket, holdMs: () => number) {
    this.#source = source
    this.#sink = sink
    this.#holdMs = holdMs
  }

  push(bytes: Buffer): void {
    this.#pieces.push({ bytes, dueMs: performance.now() })
    this.drain()
  }

  /** Delivers what is due and comes back for the rest. */
  drain(): void {
    clearTimeout(this.#timer)
    const holdMs = this.#holdMs()
    for (let piece = this.#pieces[0]; piece !== undefined; piece = this.#pieces[0]) {
      const waitMs = piece.dueMs + holdMs - performance.now()
      if (waitMs > 0) {
        if (Number.isFinite(waitMs)) this.#timer = setTimeout(() => this.drain(), waitMs)
        return
      }
      this.#pieces.shift()
      this.#write(piece.bytes)
    }
    if (this.#isEnding) this.#sink.destroySoon()
  }

  endWhenEmpty(): void {
    this.#isEnding = true
    this.drain()
  }

  drop(): void {
    clearTimeout(this.#timer)
    this.#pieces = []
  }

  #write(bytes: Buffer): void {
    if (this.#sink.destroyed || this.#sink.write(bytes)) return
    this.#source.pause()
    this.#sink.once('drain', () => this.#source.resume())
  }
}
