export {
  type LimitsBody,
  limitsBody,
  limitsParams,
  statedLimits,
  tenantPage,
  type TenantView,
  tenantView,
} from './limit.http.ts'
