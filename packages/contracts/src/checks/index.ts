export { runChecksView } from './checks.http.ts'
