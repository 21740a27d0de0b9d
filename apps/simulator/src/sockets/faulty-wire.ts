import type { WebSocket } from 'ws'
import { z } from 'zod'

/**
 * What a test cannot wait for an exchange or a network to do to the next frames. `stream` is part of the stream's name in
 * the exchange's own words, such as `depth`, `level2` or `book`. `silence` lasts until the client subscribes again.
 */
export const faultOrder = z.object({
  venue: z.enum(['binance', 'coinbase', 'kraken']),
  fault: z.enum(['drop', 'duplicate', 'reorder', 'corrupt', 'silence']),
  stream: z.string().min(1),
  times: z.int().min(1).default(1),
})
export type FaultOrder = z.infer<typeof faultOrder>

/** One client's socket, and what goes wrong on it. */
export class FaultyWire {
  readonly #socket: WebSocket
  #orders: { readonly order: FaultOrder; left: number }[] = []
  #held: string | undefined

  constructor(socket: WebSocket) {
    this.#socket = socket
  }

  order(order: FaultOrder): void {
    this.#orders.push({ order, left: order.times })
  }

  /** A stream that was silenced and is not yet subscribed again; its frames are not even made. */
  isSilenced(stream: string): boolean {
    return this.#orders.some(({ order }) => order.fault === 'silence' && stream.includes(order.stream))
  }

  /** The client subscribes: a silence ends. */
  heal(stream: string): void {
    this.#orders = this.#orders.filter(
      ({ order }) => order.fault !== 'silence' || !stream.includes(order.stream),
    )
  }

  send(stream: string, frame: string): void {
    const next = this.#orders.find(({ order }) => order.fault !== 'silence' && stream.includes(order.stream))
    if (next === undefined) return this.#deliver(frame)
    next.left -= 1
    if (next.left === 0) this.#orders = this.#orders.filter((one) => one !== next)
    switch (next.order.fault) {
      case 'drop':
      case 'silence':
        return
      case 'duplicate':
        this.#deliver(frame)
        return this.#deliver(frame)
      case 'reorder':
        // It follows the frame after it.
        this.#held = frame
        return
      case 'corrupt':
        return this.#deliver(frame.replace(/"checksum":\d+/, '"checksum":1'))
    }
  }

  #deliver(frame: string): void {
    this.#socket.send(frame)
    if (this.#held === undefined) return
    this.#socket.send(this.#held)
    this.#held = undefined
  }
}
