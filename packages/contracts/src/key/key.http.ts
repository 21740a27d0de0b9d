import { z } from 'zod'
import { pageOf } from '../http/index.ts'
import { scopeName } from './scope.ts'

/** The last instant that JavaScript's dates know. */
const LAST_DATE_MS = 8_640_000_000_000_000

export const createKeyBody = z.strictObject({
  name: z.string().trim().min(1).max(100),
  scopes: z
    .array(scopeName)
    .min(1)
    .optional()
    .describe('Scopes the caller holds; by default those of a tenant that the caller holds'),
  expiresAtMs: z
    .int()
    .positive()
    .max(LAST_DATE_MS)
    .optional()
    .describe('Epoch ms; without it the key does not expire'),
})
export type CreateKeyBody = z.infer<typeof createKeyBody>

export const keyView = z
  .object({
    id: z.uuid(),
    name: z.string(),
    prefix: z.string().describe('The part of the key that is not secret'),
    user: z.string(),
    scopes: z.array(z.string()),
    createdAtMs: z.int(),
    expiresAtMs: z.int().nullable(),
    lastUsedAtMs: z.int().nullable().describe('Kept to the minute'),
    revokedAtMs: z.int().nullable(),
  })
  .meta({ id: 'ApiKey' })
export type KeyView = z.infer<typeof keyView>

export const createdKey = keyView
  .extend({ apiKey: z.string().describe('Shown this once; only its hash is stored') })
  .meta({ id: 'CreatedApiKey' })
export type CreatedKey = z.infer<typeof createdKey>

export const keyPage = pageOf(keyView)
