import { setTimeout as delay } from 'node:timers/promises'
import type { BotRunPayload } from '@botcriptofy/contracts/bot'
import type { Log } from '@botcriptofy/runtime/log'
import {
  acquireBot,
  type BotLease,
  BotLeaseLost,
  BotRunMoved,
  BotStateMoved,
  commitBot,
  crashOut,
  findOwnedRun,
} from '@botcriptofy/store/bot'
import type { Db } from '@botcriptofy/store/database'
import { isDatabaseAway } from '@botcriptofy/store/outage'
import type { LeaseKeeper } from './lease-keeper.ts'
import { LiveBot, type SourcesOf, Unrunnable } from './live-bot.ts'
import { PHASES } from './phases.ts'

export interface BotDeps {
  readonly db: Db
  readonly leases: LeaseKeeper
  /** Of this process, as the lease names it. */
  readonly holder: string
  readonly sources: SourcesOf
  /** Ends the ownership and sends for the next owner. */
  readonly handOver: (lease: BotLease) => Promise<void>
  readonly staleBars: number
  /** Aborts when the process is to end. */
  readonly draining: AbortSignal
  readonly log: Log
}

/** How an owner ended. */
export type IncarnationEnd = 'superseded' | 'ended' | 'fenced' | 'handed_over'

/**
 * One owner of a bot: takes the lease, brings the bot up, and goes on from closed bar to closed bar until somebody ends
 * it. Every step is one transaction that checks the lease, so that an owner may die between any two of them: the next
 * one goes on from what is stored.
 */
export const runIncarnation = async (
  deps: BotDeps,
  payload: BotRunPayload,
  jobSignal: AbortSignal,
): Promise<IncarnationEnd> => {
  const sentMs = performance.now()
  const lease = await acquireBot(deps.db, payload, { holder: deps.holder, ttlMs: deps.leases.ttlMs })
  if (lease === undefined) return 'superseded'
  let bot: LiveBot | undefined
  const held = deps.leases.hold(lease, {
    sentMs,
    onNews: () => {
      if (bot === undefined) return
      bot.isStale = true
      bot.feed.wake()
    },
  })
  const signal = AbortSignal.any([jobSignal, deps.draining, held.lost])
  try {
    const row = await findOwnedRun(deps.db, lease)
    if (row === undefined) return 'superseded'
    bot = new LiveBot(deps.db, held, { row, sources: deps.sources })
    await live(bot, { signal, staleBars: deps.staleBars })
    return 'ended'
  } catch (error) {
    if (held.lost.aborted || error instanceof BotLeaseLost) return 'fenced'
    if (signal.aborted) {
      await deps.handOver(lease)
      return 'handed_over'
    }
    await giveUp(deps, lease, error)
    throw error
  } finally {
    bot?.feed.close()
    held.release()
  }
}

const RETRY_MS = 500

/** From step to step until the bot is in a state that needs no owner. */
const live = async (bot: LiveBot, options: { readonly signal: AbortSignal; readonly staleBars: number }) => {
  for (;;) {
    options.signal.throwIfAborted()
    try {
      if (bot.isStale) await bot.reload()
      const phase = PHASES[bot.state]
      if (phase === undefined) return
      await phase(bot, options)
    } catch (error) {
      if (isDatabaseAway(error)) await delay(RETRY_MS, undefined, { signal: options.signal })
      else if (!(error instanceof BotStateMoved || error instanceof BotRunMoved)) throw error
      // A user was quicker, or it is not known whether the step was stored: what is stored decides.
      bot.isStale = true
    }
  }
}

/** What nobody can run needs a human; whatever else failed is tried again by the next owner, as the rules allow. */
const giveUp = async ({ db, log }: BotDeps, lease: BotLease, error: unknown): Promise<void> => {
  log.error({ err: error, botId: lease.botId, epoch: lease.epoch }, 'a bot failed')
  const row = error instanceof Unrunnable ? await findOwnedRun(db, lease) : undefined
  if (row === undefined || !(error instanceof Unrunnable)) return crashOut(db, lease)
  const move = { event: 'fault', reason: error.message } as const
  await commitBot(db, lease, { state: row.state, moves: [move], isLast: true })
}
