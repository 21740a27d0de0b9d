/** A frame that does not say what its kind must say; the message tells which field. */
export class UnreadableFrame extends Error {}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Of an object by its name, of a list by its index. */
export const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined

const DECIMAL = /^\d+(\.\d+)?$/
const SIGNED_DECIMAL = /^-?\d+(\.\d+)?$/

const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, 100) ?? 'missing'

const fault = (name: string, expected: string, actual: unknown): UnreadableFrame =>
  new UnreadableFrame(`${name}: expected ${expected}, was ${shown(actual)}`)

/** Reads a field that may be left out: missing, null and empty text are null. */
export const optional = <T>(
  read: (from: unknown, name: string) => T,
  from: unknown,
  name: string,
): T | null => {
  const value = field(from, name)
  return value === undefined || value === null || value === '' ? null : read(from, name)
}

export const decimal = (from: unknown, name: string): string => {
  const value = field(from, name)
  if (typeof value === 'string' && DECIMAL.test(value)) return value
  throw fault(name, 'a decimal string', value)
}

export const signedDecimal = (from: unknown, name: string): string => {
  const value = field(from, name)
  if (typeof value === 'string' && SIGNED_DECIMAL.test(value)) return value
  throw fault(name, 'a decimal string', value)
}

export const wholeNumber = (from: unknown, name: string): number => {
  const value = field(from, name)
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw fault(name, 'a whole number', value)
}

export const text = (from: unknown, name: string): string => {
  const value = field(from, name)
  if (typeof value === 'string' && value !== '') return value
  throw fault(name, 'text', value)
}

export const flag = (from: unknown, name: string): boolean => {
  const value = field(from, name)
  if (typeof value === 'boolean') return value
  throw fault(name, 'true or false', value)
}

export const list = (from: unknown, name: string): readonly unknown[] => {
  const value = field(from, name)
  if (Array.isArray(value)) return value
  throw fault(name, 'a list', value)
}

/** The one of `words` that stands for what the field says. */
export const oneOf = <T>(from: unknown, name: string, words: Readonly<Record<string, T>>): T => {
  const value = field(from, name)
  if (typeof value === 'string' && Object.hasOwn(words, value)) return words[value]!
  throw fault(name, `one of ${Object.keys(words).join(' ')}`, value)
}

const INSTANT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,3})?\d*(Z|[+-]\d\d:\d\d)$/

/** RFC 3339 with any number of decimals, as epoch ms; null where it lies before 1970 (venues print year 1 for "none"). */
export const instant = (from: unknown, name: string): number | null => {
  const value = field(from, name)
  const match = typeof value === 'string' ? INSTANT.exec(value) : null
  const timeMs = match === null ? Number.NaN : Date.parse(`${match[1]}${match[2] ?? ''}${match[3]}`)
  if (Number.isNaN(timeMs)) throw fault(name, 'an RFC 3339 time', value)
  return timeMs < 0 ? null : timeMs
}
