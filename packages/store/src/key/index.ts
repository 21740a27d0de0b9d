export { authenticateKey, type KeyProof } from './authenticate-key.ts'
export { DEFAULT_TENANT, ensureOperator, type Operator, OPERATOR_USER } from './ensure-operator.ts'
export { insertKey, type KeyRow, listKeys, type NewKey, revokeKey } from './key.repository.ts'
export { type Principal, principalOf } from './principal.ts'
