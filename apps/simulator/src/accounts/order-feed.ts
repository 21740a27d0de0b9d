import type { Account } from './account.ts'
import type { OrderEvent } from './matching-engine.ts'

type Listener = (event: OrderEvent) => void

/** Who hears of the orders of which account. */
export class OrderFeed {
  readonly #listeners = new Map<Account, Set<Listener>>()

  /** Returns what ends it. */
  follow(account: Account, listener: Listener): () => void {
    const listeners = this.#listeners.get(account) ?? new Set()
    this.#listeners.set(account, listeners.add(listener))
    return () => void listeners.delete(listener)
  }

  publish(event: OrderEvent): void {
    for (const listener of this.#listeners.get(event.account) ?? []) listener(event)
  }
}
