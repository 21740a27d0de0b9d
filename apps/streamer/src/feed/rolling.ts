import { type FeedOptions, subscribe } from './subscribe.ts'
import type { Subscription } from './subscriptions.ts'

/** So long both connections stay, when one takes the place of another: what the old one has on its way still comes. */
const OVERLAP_MS = 2000

/** The connections of a feed. */
export interface RollingConnections {
  readonly current: () => readonly Subscription[]
  /** The one that takes its place as soon as it is up; undefined where none is needed. */
  readonly successorOf: (subscription: Subscription) => Subscription | undefined
  readonly open: () => Subscription
  readonly end: (subscription: Subscription) => void
  readonly close: () => Promise<void>
}

/**
 * Make before break: before the venue ends a connection another one is up, so that nothing is missed that is sent
 * meanwhile. What comes over both has ids that tell.
 */
export const createRollingConnections = (options: FeedOptions): RollingConnections => {
  const { venue } = options.protocol.profile
  const current = new Set<Subscription>()
  const successors = new Map<Subscription, Subscription>()
  const dial = (onUp: () => void): Subscription => {
    const subscription: Subscription = subscribe(options, {
      onUp,
      onEnding: (reason) => replace(subscription, reason),
      isNeeded: () => current.has(subscription) && successors.get(subscription)?.isUp !== true,
    })
    subscription.start()
    return subscription
  }
  const replace = (old: Subscription, reason: string): void => {
    if (!current.has(old) || successors.has(old)) return
    options.log.info({ venue, reason }, 'another connection takes over')
    const next = dial(() => setTimeout(() => takeOver(old, next), OVERLAP_MS))
    next.add([...old.streams])
    successors.set(old, next)
  }
  const takeOver = (old: Subscription, next: Subscription): void => {
    if (successors.get(old) !== next) return
    successors.delete(old)
    current.delete(old)
    current.add(next)
    void old.close()
  }
  return {
    current: () => [...current],
    successorOf: (subscription) => successors.get(subscription),
    open: () => {
      const subscription = dial(() => undefined)
      current.add(subscription)
      return subscription
    },
    end: (subscription) => {
      const next = successors.get(subscription)
      successors.delete(subscription)
      current.delete(subscription)
      for (const one of [subscription, next]) void one?.close()
    },
    close: async () => {
      const open = [...current, ...successors.values()]
      successors.clear()
      await Promise.all(open.map((one) => one.close()))
    },
  }
}
