import type { Log } from '@botcriptofy/runtime/log'
import { startWokenLoop } from '@botcriptofy/runtime/outbox'
import { BOT_LEASE_TTL_MS, type BotLease, renewBots } from '@botcriptofy/store/bot'
import type { OpenDatabase } from '@botcriptofy/store/database'
import { listenBots } from '@botcriptofy/store/outbox'

/** An owner stops by itself so long before others may think that it is gone. */
const MARGIN_MS = 2000
const RENEWALS_PER_TTL = 10 / 3
const FENCE_LOOK_MS = 100

export interface HeldLease {
  readonly lease: BotLease
  /** Aborts when the lease was taken away, or could not be renewed in time. */
  readonly lost: AbortSignal
  /** By the monotonic clock of this process, whatever anybody else says. */
  readonly isSafe: () => boolean
  readonly release: () => void
}

interface Holding {
  /** When the lease was asked for, by the monotonic clock. */
  readonly sentMs: number
  /** The user of the bot may want something else. */
  readonly onNews: () => void
}

export interface LeaseKeeper {
  readonly ttlMs: number
  /** Renews the lease until it is released or lost. */
  readonly hold: (
    lease: BotLease,
    options: { readonly sentMs: number; readonly onNews: () => void },
  ) => HeldLease
  readonly stop: () => Promise<void>
}

interface Held {
  readonly lease: BotLease
  readonly onNews: () => void
  readonly lost: AbortController
  deadlineMs: number
  /** What the last renewal told. */
  known: string | undefined
}

export interface LeaseKeeperOptions {
  /** Connections that nothing else waits for: renewals never stand behind trading. */
  readonly database: OpenDatabase
  readonly log: Log
  readonly ttlMs?: number | undefined
}

/**
 * Renews all leases of a process in one statement, every three seconds and whenever a user wants something of a bot. A
 * lease ends here before it ends in Postgres: two seconds before, counted from when the last good renewal was sent.
 */
export const startLeaseKeeper = (options: LeaseKeeperOptions): LeaseKeeper => {
  const { database, log, ttlMs = BOT_LEASE_TTL_MS } = options
  const leases = new Leases(options, ttlMs)
  const loop = startWokenLoop({
    name: 'renewal of the leases of bots',
    listen: (onAdded, onLost) => listenBots(database.pool, onAdded, onLost),
    pollMs: ttlMs / RENEWALS_PER_TTL,
    log,
    turn: async () => {
      await leases.renew()
      return false
    },
  })
  const fence = setInterval(() => leases.fence(), FENCE_LOOK_MS)
  return {
    ttlMs,
    hold: (lease, held) => leases.hold(lease, held),
    stop: async () => {
      clearInterval(fence)
      await loop.stop()
    },
  }
}

class Leases {
  readonly #options: LeaseKeeperOptions
  readonly #ttlMs: number
  readonly #held = new Map<string, Held>()

  constructor(options: LeaseKeeperOptions, ttlMs: number) {
    this.#options = options
    this.#ttlMs = ttlMs
  }

  hold(lease: BotLease, { sentMs, onNews }: Holding): HeldLease {
    const lost = new AbortController()
    const one: Held = { lease, onNews, lost, deadlineMs: sentMs + this.#holdMs, known: undefined }
    this.#held.set(lease.botId, one)
    return {
      lease,
      lost: lost.signal,
      isSafe: () => !lost.signal.aborted && performance.now() < one.deadlineMs,
      release: () => {
        if (this.#held.get(lease.botId) === one) this.#held.delete(lease.botId)
      },
    }
  }

  async renew(): Promise<void> {
    const asked = [...this.#held.values()]
    const sentMs = performance.now()
    const leases = asked.map(({ lease }) => lease)
    const renewed = await renewBots(this.#options.database.db, leases, this.#ttlMs)
    const byBot = new Map(renewed.map((lease) => [lease.botId, lease]))
    for (const one of asked) {
      if (this.#held.get(one.lease.botId) !== one) continue
      const news = byBot.get(one.lease.botId)
      if (news === undefined) {
        this.#lose(one, 'another owner has it, or it ended')
        continue
      }
      one.deadlineMs = sentMs + this.#holdMs
      const told = `${news.state} ${news.desired} ${news.stopPolicy}`
      if (one.known !== told) one.onNews()
      one.known = told
    }
  }

  fence(): void {
    for (const one of this.#held.values()) {
      if (performance.now() >= one.deadlineMs) this.#lose(one, 'it was not renewed in time')
    }
  }

  get #holdMs(): number {
    return this.#ttlMs - Math.min(MARGIN_MS, this.#ttlMs / 5)
  }

  #lose({ lease, lost }: Held, why: string): void {
    this.#held.delete(lease.botId)
    this.#options.log.warn({ botId: lease.botId, epoch: lease.epoch }, `the lease of a bot is lost: ${why}`)
    lost.abort(new Error(why))
  }
}
