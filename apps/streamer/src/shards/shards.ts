import { MARKET_SHARDS } from '@botcriptofy/contracts/stream'
import type { Log } from '@botcriptofy/runtime/log'
import type { Redis } from '@botcriptofy/runtime/redis'
import {
  heartbeat,
  holderOf,
  leave,
  lookAtShards,
  releaseLease,
  type ShardState,
  type StreamMetrics,
  takeLease,
} from '@botcriptofy/runtime/stream'
import type { Publisher } from '../tape/publisher.ts'
import { mayTake, rendezvousOrder } from './placement.ts'

/** A streamer that did not say for so long that it runs is taken to be dead, and its leases end. */
const LEASE_TTL_MS = 3000
/** What was received for so long is ahead of what an owner that works has still to write. */
const WARM_AFTER_MS = 2000
/** A process that did not look for so long was stopped, and does not know yet what it missed. */
const STALL_MS = 2500
/** After the end of a lease, so that Redis has noticed it too. */
const EXPIRY_MARGIN_MS = 20
/** Between two looks at a shard that nobody has. */
const FREE_LOOK_MS = 100

export interface ShardsOptions {
  readonly redis: Redis
  /** The name of this process among the streamers. */
  readonly instance: string
  readonly publisher: Publisher
  /** All that is wanted of the shard arrives here. */
  readonly isReceived: (shard: number) => boolean
  readonly metrics: StreamMetrics
  readonly log: Log
}

/** What this process knows of one shard. */
interface Shard {
  readonly shard: number
  order: readonly string[]
  state: ShardState | undefined
  receivedSinceMs: number | undefined
  freeSinceMs: number | undefined
}

type Role = 'owner' | 'standby' | 'none'
const ROLES = ['owner', 'standby', 'none'] as const satisfies readonly Role[]

/**
 * The shards that this process writes, and those that it stands by for. The first streamer in a shard's order owns it, the
 * second receives the same and writes nothing; what the publisher does for either is its business.
 */
export class Shards {
  readonly #options: ShardsOptions
  readonly #shards: readonly Shard[] = Array.from({ length: MARKET_SHARDS }, (_, shard) => ({
    shard,
    order: [],
    state: undefined,
    receivedSinceMs: undefined,
    freeSinceMs: undefined,
  }))
  #lookedMs = performance.now()

  constructor(options: ShardsOptions) {
    this.#options = options
  }

  /** Those whose markets are to be received here. */
  get followed(): ReadonlySet<number> {
    const followed = this.#shards.filter((one) => this.#roleOf(one) !== 'none')
    return new Set(followed.map(({ shard }) => shard))
  }

  /** Renews what is ours, takes what nobody has, hands over what is another's; says when to look again, in ms. */
  async look(): Promise<number> {
    const { redis, instance, publisher } = this.#options
    const options = { instance, ttlMs: LEASE_TTL_MS }
    this.#noteStall()
    const live = await heartbeat(redis, options)
    for (const one of this.#shards) one.order = rendezvousOrder(one.shard, live)
    const looks = this.#shards.map((one) => ({
      shard: one.shard,
      lease: publisher.leaseOf(one.shard),
      isWarm: this.#isWarm(one),
    }))
    const states = await lookAtShards(redis, looks, options)
    await Promise.all(this.#shards.map((one, at) => this.#act(one, states[at])))
    publisher.cut()
    return this.#nextMs()
  }

  /** Gives what another can go on with at once, so that it need not wait. */
  async handOver(): Promise<void> {
    const { redis, instance } = this.#options
    await leave(redis, instance)
    const handed = this.#shards.filter(({ state }) => state?.warm.some((name) => name !== instance))
    await Promise.all(handed.map(({ shard }) => this.#release(shard)))
  }

  /** Gives the rest, once everything of it is written. */
  async close(): Promise<void> {
    await Promise.all(this.#shards.map(({ shard }) => this.#release(shard)))
  }

  #roleOf({ shard, order }: Shard): Role {
    const { publisher, instance } = this.#options
    if (publisher.leaseOf(shard) !== undefined) return 'owner'
    return order.slice(0, 2).includes(instance) ? 'standby' : 'none'
  }

  #isWarm(one: Shard): boolean {
    if (this.#roleOf(one) !== 'standby' || !this.#options.isReceived(one.shard)) {
      one.receivedSinceMs = undefined
      return false
    }
    one.receivedSinceMs ??= performance.now()
    return performance.now() - one.receivedSinceMs >= WARM_AFTER_MS
  }

  #noteStall(): void {
    const nowMs = performance.now()
    if (nowMs - this.#lookedMs > STALL_MS) for (const one of this.#shards) one.receivedSinceMs = undefined
    this.#lookedMs = nowMs
  }

  async #act(one: Shard, state: ShardState | undefined): Promise<void> {
    const { publisher, instance, log } = this.#options
    const { shard, order } = one
    one.state = state
    const own = publisher.leaseOf(shard)
    if (own !== undefined && state?.token !== own.token) {
      log.warn({ shard }, 'the lease of a shard was lost')
      publisher.disown(shard)
    }
    const holder = state?.token === undefined ? undefined : holderOf(state.token)
    publisher.stand(shard, { isHeldByOther: holder !== undefined && holder !== instance })
    const isOwner = publisher.leaseOf(shard) !== undefined
    const [first = instance] = order
    if (isOwner && first !== instance && state?.warm.includes(first) === true) {
      log.info({ shard, to: first }, 'shard handed over')
      await this.#release(shard)
    } else if (!isOwner && (holder === undefined || holder === instance)) await this.#takeIfDue(one)
    if (holder !== undefined) one.freeSinceMs = undefined
    for (const role of ROLES) {
      this.#options.metrics.shards.set({ shard, role }, role === this.#roleOf(one) ? 1 : 0)
    }
  }

  async #takeIfDue(one: Shard): Promise<void> {
    const { redis, instance, publisher, metrics, log } = this.#options
    const { shard, order } = one
    one.freeSinceMs ??= performance.now()
    const rank = order.indexOf(instance)
    const freeMs = performance.now() - one.freeSinceMs
    const candidate = { rank, isAlone: order.length === 1, isWarm: this.#isWarm(one), freeMs }
    if (rank < 0 || rank > 1 || !mayTake(candidate)) return
    const lease = await takeLease(redis, shard, { instance, ttlMs: LEASE_TTL_MS })
    if (lease === undefined) return
    await publisher.own(lease)
    one.freeSinceMs = undefined
    metrics.takeOvers.inc({ shard })
    log.info({ shard, epoch: lease.token.split(' ')[0], isWarm: candidate.isWarm }, 'shard taken')
  }

  async #release(shard: number): Promise<void> {
    const lease = this.#options.publisher.disown(shard)
    if (lease !== undefined) await releaseLease(this.#options.redis, lease)
  }

  /** A standby looks when the lease would end. */
  #nextMs(): number {
    const remaining = this.#shards
      .filter((one) => this.#roleOf(one) === 'standby')
      .map(({ state }) => (state?.token === undefined ? FREE_LOOK_MS : state.remainingMs + EXPIRY_MARGIN_MS))
    return Math.min(...remaining, Number.POSITIVE_INFINITY)
  }
}
