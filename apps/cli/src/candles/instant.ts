import { BadInput } from '../failure.ts'

const ISO = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?Z?)?$/

/** Epoch ms of a date (its UTC start), a UTC time, or epoch milliseconds in digits. */
export const parseInstant = (text: string, option: string): number => {
  const isTimeWithoutZone = text.includes('T') && !text.endsWith('Z')
  const ms = /^\d{6,}$/.test(text)
    ? Number(text)
    : ISO.test(text)
      ? Date.parse(isTimeWithoutZone ? `${text}Z` : text)
      : Number.NaN
  // Date.parse reads the 30th of February as the 1st or 2nd of March.
  const isOnCalendar =
    !Number.isNaN(ms) && (!ISO.test(text) || new Date(ms).toISOString().startsWith(text.slice(0, 10)))
  if (isOnCalendar && Number.isSafeInteger(ms)) return ms
  const expected = 'a UTC date such as 2023-01-01, or epoch milliseconds of six digits or more'
  throw new BadInput(`${option}: expected ${expected}, was ${text}`)
}
