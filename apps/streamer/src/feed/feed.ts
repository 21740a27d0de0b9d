import { createRollingConnections } from './rolling.ts'
import type { FeedOptions } from './subscribe.ts'
import type { Subscription } from './subscriptions.ts'

export interface Feed {
  /** Asks for the streams of some markets; those of one market stay together. */
  readonly add: (markets: readonly (readonly string[])[]) => void
  /** Asks for them no longer. */
  readonly remove: (streams: readonly string[]) => void
  /** What the venue sends of this stream arrives. */
  readonly isSubscribed: (stream: string) => boolean
  /** Every connection is up; also where nothing is asked for. */
  readonly isUp: () => boolean
  readonly close: () => Promise<void>
}

/** Streams of a venue, over as many connections as its limit asks for. */
export const createFeed = (options: FeedOptions): Feed => {
  const { streamsPerConnection } = options.protocol.profile
  const connections = createRollingConnections(options)
  const withRoomFor = (count: number, added: ReadonlyMap<Subscription, readonly string[]>) =>
    connections
      .current()
      .find((one) => one.streams.size + (added.get(one)?.length ?? 0) + count <= streamsPerConnection)
  const isUp = (subscription: Subscription): boolean =>
    subscription.isUp || connections.successorOf(subscription)?.isUp === true
  return {
    add: (markets) => {
      const added = new Map<Subscription, readonly string[]>()
      for (const streams of markets) {
        const subscription = withRoomFor(streams.length, added) ?? connections.open()
        added.set(subscription, [...(added.get(subscription) ?? []), ...streams])
      }
      // One request for all of them: a venue allows few.
      for (const [subscription, streams] of added) {
        subscription.add(streams)
        connections.successorOf(subscription)?.add(streams)
      }
    },
    remove: (streams) => {
      for (const subscription of connections.current()) {
        const own = streams.filter((stream) => subscription.streams.has(stream))
        if (own.length === 0) continue
        subscription.remove(own)
        connections.successorOf(subscription)?.remove(own)
        if (subscription.streams.size === 0) connections.end(subscription)
      }
    },
    isSubscribed: (stream) =>
      connections
        .current()
        .some(
          (one) => one.isSubscribed(stream) || connections.successorOf(one)?.isSubscribed(stream) === true,
        ),
    isUp: () => connections.current().every(isUp),
    close: () => connections.close(),
  }
}
