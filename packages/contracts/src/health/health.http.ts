import { z } from 'zod'

export const liveView = z.object({ status: z.literal('ok') })

const check = z.object({ ok: z.boolean(), detail: z.string().optional() })

/** Ready = all checks ok and not draining; 503 with the same shape otherwise. */
export const readyView = z.object({
  status: z.enum(['ok', 'not_ready', 'draining']),
  checks: z.object({ postgres: check, redis: check, migrations: check }),
})
export type ReadyView = z.infer<typeof readyView>
