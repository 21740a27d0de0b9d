import type { SimulatedVenue } from '../faults/fault-order.ts'
import { type Order, OrderRefused } from './order.ts'

export interface Credentials {
  readonly apiKey: string
  /** As the exchange hands it out: text, base64, or a private key in PEM. */
  readonly secret: string
}

interface Balance {
  free: bigint
  held: bigint
}

/** Who trades at one exchange: a key, money that is free or set aside, and orders. */
export class Account {
  readonly venue: SimulatedVenue
  readonly credentials: Credentials
  readonly orders = new Map<number, Order>()
  /** The last nonce that was taken, where the exchange wants rising ones. */
  lastNonce = -1n
  readonly #balances = new Map<string, Balance>()

  constructor(venue: SimulatedVenue, credentials: Credentials) {
    this.venue = venue
    this.credentials = credentials
  }

  get balances(): ReadonlyMap<string, Readonly<Balance>> {
    return this.#balances
  }

  /** Newest last. */
  openOrders(): readonly Order[] {
    return [...this.orders.values()].filter(({ status }) => status === 'open')
  }

  credit(asset: string, units: bigint): void {
    this.#of(asset).free += units
  }

  /** Sets money aside, or refuses. */
  hold(asset: string, units: bigint): void {
    const balance = this.#of(asset)
    if (balance.free < units) throw new OrderRefused('insufficientFunds')
    balance.free -= units
    balance.held += units
  }

  release(asset: string, units: bigint): void {
    const balance = this.#of(asset)
    balance.held -= units
    balance.free += units
  }

  /** Pays from what is set aside. */
  pay(asset: string, units: bigint): void {
    this.#of(asset).held -= units
  }

  #of(asset: string): Balance {
    let balance = this.#balances.get(asset)
    if (balance === undefined) this.#balances.set(asset, (balance = { free: 0n, held: 0n }))
    return balance
  }
}
