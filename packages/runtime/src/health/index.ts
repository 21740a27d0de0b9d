export { type HealthServer, serveHealth } from './health.ts'
