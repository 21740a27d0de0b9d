export { waitFor, type WaitOptions } from './wait.ts'
