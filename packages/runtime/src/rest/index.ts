export { createGet, RequestRefused, ServerUnreachable } from './get.ts'
