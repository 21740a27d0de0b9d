import { z } from 'zod'
import { pageOf } from '../http/index.ts'

const weight = z
  .number()
  .min(0.01)
  .max(100)
  .describe('Share of the computing time beside others: 2 gets twice that of 1')
const whole = z.int().min(1).max(1_000_000_000)
const maxRunningChunks = whole.describe('Chunks handed out at once, of sweeps and single backtests')
const maxQueuedCombinations = whole.describe('Combinations accepted and not ended; beyond it 429')
const cpuSecondsPerDay = z
  .number()
  .positive()
  .max(1e9)
  .describe('Time of computing threads in a UTC day; once spent, what is queued waits for the next')

/** null takes a limit of its own away: what is set for all tenants holds, or none. */
export const limitsBody = z.strictObject({
  weight: weight.nullable().default(null),
  maxRunningChunks: maxRunningChunks.nullable().default(null),
  maxQueuedCombinations: maxQueuedCombinations.nullable().default(null),
  cpuSecondsPerDay: cpuSecondsPerDay.nullable().default(null),
})
export type LimitsBody = z.infer<typeof limitsBody>

/** A tenant, or all that have no limit of their own. */
export const limitsParams = z.object({ id: z.union([z.uuid(), z.literal('default')]) })

export const statedLimits = z
  .object({
    weight: z.number().nullable(),
    maxRunningChunks: z.int().nullable(),
    maxQueuedCombinations: z.int().nullable(),
    cpuSecondsPerDay: z.number().nullable(),
  })
  .meta({ id: 'StatedLimits' })

export const tenantView = z
  .object({
    id: z.uuid(),
    name: z.string(),
    weight: z.number(),
    maxRunningChunks: z.int().nullable(),
    maxQueuedCombinations: z.int().nullable(),
    cpuSecondsPerDay: z.number().nullable(),
    runningChunks: z.int(),
    queuedCombinations: z.int(),
    cpuSecondsToday: z.number(),
  })
  .meta({
    id: 'Tenant',
    description: 'What a tenant may take of the workers (null: no limit), and what it has',
  })
export type TenantView = z.infer<typeof tenantView>
export const tenantPage = pageOf(tenantView)
