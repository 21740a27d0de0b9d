/** A frame that does not say what its kind must say; the message tells which field. */
export class UnreadableFrame extends Error {}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const field = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined)

const DECIMAL = /^\d+(\.\d+)?$/

const fault = (name: string, expected: string, actual: unknown): UnreadableFrame =>
  new UnreadableFrame(`${name}: expected ${expected}, was ${JSON.stringify(actual) ?? 'missing'}`)

export const decimal = (from: unknown, name: string): string => {
  const value = field(from, name)
  if (typeof value === 'string' && DECIMAL.test(value)) return value
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
