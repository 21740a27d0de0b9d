import { wholeNumber } from '../frame/index.ts'

/** No millisecond of the next 3,000 years is so large, and no microsecond since 1973 so small. */
const LEAST_MICROSECONDS = 1e14

/** A time in ms; a connection with `timeUnit=microsecond` has microseconds in the same fields. */
export const epochMs = (from: unknown, name: string): number => {
  const time = wholeNumber(from, name)
  return time < LEAST_MICROSECONDS ? time : Math.floor(time / 1000)
}
