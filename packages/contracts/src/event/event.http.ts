import { z } from 'zod'

/** One server-sent event: its SSE id is `seq`, its SSE event name is `type`, this is its data. */
export const eventView = z
  .object({
    seq: z.int(),
    tenantId: z.uuid(),
    type: z.string().describe('`noun.verb`, e.g. `backtest.completed`'),
    v: z.int(),
    subjectId: z.uuid(),
    timeMs: z.int(),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Event' })
export type EventView = z.infer<typeof eventView>

/** `Last-Event-ID` resumes after that event; without it the stream starts with what happens next. */
export const eventHeaders = z.object({
  'last-event-id': z.coerce.number().int().min(0).optional(),
})
