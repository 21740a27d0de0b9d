import type { Log } from '@botcriptofy/runtime/log'
import { replaceOwners, RESTART_RULES } from '@botcriptofy/store/bot'
import type { Db } from '@botcriptofy/store/database'
import { markJobDone } from '@botcriptofy/store/outbox'
import { startLoop } from './loop.ts'

const INTERVAL_MS = 1000
const BATCH = 500

/** Sees that every bot that is to have an owner has one, or has one on its way. */
export const startBotReconciler = (options: {
  readonly db: Db
  readonly crashLimit?: number | undefined
  readonly log: Log
}) => {
  const { db, log, crashLimit = RESTART_RULES.crashLimit } = options
  const rules = { ...RESTART_RULES, crashLimit }
  return startLoop({ name: 'reconciler of bots', intervalMs: INTERVAL_MS, log }, async () => {
    const { sent, faulted } = await replaceOwners(db, { limit: BATCH, rules })
    if (sent > 0) log.info({ sent }, 'bots had no owner; sent for one')
    for (const botId of faulted)
      log.error({ botId }, 'a bot lost too many owners in a row; a human has to look')
  })
}

/** A job that failed before it had the lease: its bot is free for the next one. */
export const giveUpIncarnation =
  (db: Db) =>
  (job: { readonly id: string }): Promise<void> =>
    markJobDone(db, job.id)
