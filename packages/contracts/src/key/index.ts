export {
  createdKey,
  type CreatedKey,
  createKeyBody,
  type CreateKeyBody,
  keyPage,
  keyView,
  type KeyView,
} from './key.http.ts'
export { holdsScope, type Scope, SCOPE_NAMES, scopeName, SCOPES, TENANT_SCOPES } from './scope.ts'
