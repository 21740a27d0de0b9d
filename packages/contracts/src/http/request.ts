import { z } from 'zod'

/** Ids are bare UUIDs (version 7 where we made them). */
export const idParams = z.object({ id: z.uuid() })

/** A query value in epoch milliseconds UTC. */
export const msQuery = z.coerce.number().int().min(0)

export const idempotencyHeaders = z.object({
  'idempotency-key': z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe('Same key and body: the first answer again; same key and another body: 422. Kept for 24 hours'),
})
