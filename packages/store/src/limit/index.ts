export {
  addUsage,
  type Excess,
  findExcess,
  findStatedLimits,
  heldLimits,
  type LimitOwner,
  listTenantStates,
  setLimits,
  type StatedLimits,
  type TenantLimits,
  type TenantState,
  type TenantUsage,
} from './limit.repository.ts'
