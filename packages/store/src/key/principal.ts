import { type Scope, SCOPE_NAMES } from '@botcriptofy/contracts/key'
import { scopeOf, type TenantScope } from '../tenant/index.ts'

/** Who is calling: made from a proven key or browser session, never from what a request says about itself. */
export interface Principal {
  readonly tenant: TenantScope
  readonly userId: string
  readonly scopes: readonly Scope[]
  /** The key, or `session` for a browser. */
  readonly via: { readonly kind: 'key'; readonly keyId: string } | { readonly kind: 'session' }
}

export const principalOf = (
  row: { readonly tenant_id: string; readonly user_id: string; readonly scopes: readonly string[] },
  via: Principal['via'],
): Principal => ({
  tenant: scopeOf(row.tenant_id),
  userId: row.user_id,
  // A scope that this version does not know grants nothing.
  scopes: SCOPE_NAMES.filter((name) => row.scopes.includes(name)),
  via,
})
