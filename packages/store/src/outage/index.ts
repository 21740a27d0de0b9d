export { isDatabaseAway } from './outage.ts'
