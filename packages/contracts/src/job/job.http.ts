import { z } from 'zod'
import { pageOf, pageQuery } from '../http/index.ts'

/** What Postgres knows of a job; what BullMQ does with a sent one is in the console. */
export const JOB_STATES = {
  waiting: 'accepted, not in the queue yet',
  sent: 'in the queue, where it waits, runs or is tried again',
  done: 'its effect has happened: its results were stored',
  failed: 'it ended, and at least one of its runs failed',
  cancelled: 'its sweep or backtest was cancelled before it took effect',
} as const
export type JobState = keyof typeof JOB_STATES

export const jobState = z.enum(Object.keys(JOB_STATES) as JobState[]).describe(
  Object.entries(JOB_STATES)
    .map(([name, meaning]) => `${name}: ${meaning}`)
    .join('; '),
)

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
const searchedName = z.string().trim().min(1).max(200)

export const jobsQuery = pageQuery.extend({
  id: z
    .string()
    .toLowerCase()
    .regex(new RegExp(`^${UUID}(?:-\\d{1,9})?$`), { error: 'a UUID, or a job id <uuid>-<number>' })
    .optional()
    .describe('A job, with or without its number behind the last -, or all jobs of a backtest or sweep'),
  tenant: searchedName.optional().describe('Name or id of a tenant; scope operator only'),
  strategy: searchedName.optional().describe('Name, sha256 or id of a strategy'),
  state: jobState.optional(),
})
export type JobsQuery = z.infer<typeof jobsQuery>

export const jobView = z
  .object({
    id: z.string().describe('As BullMQ knows it: <uuid>-<how often it was sent again>'),
    queue: z.string(),
    name: z.string(),
    state: jobState,
    tenant: z.string().nullable().describe('The name; null for work on what all tenants share'),
    strategyName: z.string().nullable().describe('null when the run was deleted'),
    run: z
      .object({
        kind: z.enum(['backtest', 'sweep']),
        id: z.uuid(),
        url: z.string(),
        from: z.int().nullable().describe('First combination of the job'),
        to: z.int().nullable().describe('The one after its last'),
      })
      .nullable()
      .describe('What the job computes; null when it was deleted'),
    createdAtMs: z.int(),
    sentAtMs: z.int().nullable().describe('When the queue was last known to have it'),
    doneAtMs: z.int().nullable(),
    console: z
      .string()
      .nullable()
      .describe('Its page in Bull Board; null without the scope console:read, and before it was sent'),
  })
  .meta({ id: 'Job' })
export type JobView = z.infer<typeof jobView>

export const jobPage = pageOf(jobView)
