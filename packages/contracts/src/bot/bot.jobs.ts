import { z } from 'zod'
import { defineJob } from '../job/index.ts'

/** An owner of a bot, from when it takes the lease until it gives it back or is gone. */
export const botRunPayload = z.strictObject({
  v: z.literal(1),
  tenantId: z.uuid(),
  botId: z.uuid(),
  /** Counts the owners that were sent; a later one makes this one pointless. */
  incarnation: z.int().positive(),
})
export type BotRunPayload = z.infer<typeof botRunPayload>

/** Tried once: who follows upon an owner that died is decided in Postgres, by its lease. */
export const botJobs = {
  'bot.run': defineJob({ queue: 'bots', payload: botRunPayload, attempts: 1, backoffMs: 1000 }),
} as const
