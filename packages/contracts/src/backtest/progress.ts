import { z } from 'zod'

export const countedProgress = z.object({
  done: z.int(),
  total: z.int(),
  fraction: z.number().min(0).max(1),
  ratePerSecond: z
    .number()
    .nullable()
    .describe('Runs that ended, a second, of late; null where nothing is computed at present'),
  timeLeftMs: z.int().nullable().describe('At that rate; null without one'),
})
export type RunPace = z.infer<typeof countedProgress>

/** The event name of progress that is told while somebody listens. */
export const PROGRESS_EVENT = 'sweep.progress'

/** One server-sent event without an id: it is not kept, so nothing resumes after it. */
export const progressEvent = z
  .object({
    tenantId: z.uuid(),
    type: z.literal(PROGRESS_EVENT),
    v: z.literal(1),
    subjectId: z.uuid(),
    timeMs: z.int(),
    data: countedProgress,
  })
  .meta({ id: 'ProgressEvent' })
export type ProgressEvent = z.infer<typeof progressEvent>
