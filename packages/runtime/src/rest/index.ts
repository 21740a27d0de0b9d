export { createGet, RequestRefused } from './get.ts'
