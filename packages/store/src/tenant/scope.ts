import type { Brand } from '@botcriptofy/engine/kernel'

/**
 * Proof that the caller may act for one tenant. Repositories of tenant tables take a scope, never a bare id; only
 * authentication and the job payload of that tenant make one.
 */
export type TenantScope = Brand<{ readonly tenantId: string }, 'TenantScope'>

/** For authentication and for job handlers alone. */
export const scopeOf = (tenantId: string): TenantScope => ({ tenantId }) as TenantScope
