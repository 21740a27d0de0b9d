export { scopeOf, type TenantScope } from './scope.ts'
export { ensureTenant, ensureUser, findTenant, scopeOfTenant } from './tenant.repository.ts'
