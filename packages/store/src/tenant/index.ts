export { scopeOf, type TenantScope } from './scope.ts'
