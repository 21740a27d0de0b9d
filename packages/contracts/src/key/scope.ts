import { z } from 'zod'

/** What an API key may do. */
export const SCOPES = {
  operator: 'Everything, including the console with its actions, shared candles and instruments',
  'console:read': 'See the queue console, which shows the jobs of all tenants, without acting in it',
  'backtests:read': 'Read backtests, sweeps, strategies, reports and events of the tenant',
  'backtests:write': 'Submit, cancel and delete backtests and sweeps, and save strategies',
  'candles:read': 'Read candles, instruments and markets',
  'candles:write': "Import candles into the tenant's series",
  'bots:read': 'Read bots of the tenant',
  'bots:write': 'Create, change and delete bots of the tenant',
  'keys:write': 'List, create and revoke API keys of the tenant',
} as const

export type Scope = keyof typeof SCOPES
export const SCOPE_NAMES = Object.keys(SCOPES) as readonly Scope[]

/** What a key of a tenant gets when nothing else is asked for: all that concerns its own tenant. */
export const TENANT_SCOPES: readonly Scope[] = [
  'backtests:read',
  'backtests:write',
  'candles:read',
  'candles:write',
  'bots:read',
  'bots:write',
  'keys:write',
]

export const scopeName = z.enum(SCOPE_NAMES)

export const holdsScope = (held: readonly Scope[], needed: Scope): boolean =>
  held.includes('operator') || held.includes(needed)
