export { scopeOf, type TenantScope } from './scope.ts'
export { ensureTenant, ensureUser, findTenant } from './tenant.repository.ts'
