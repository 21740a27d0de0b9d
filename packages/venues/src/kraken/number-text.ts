import { UnreadableFrame, field } from '../frame/index.ts'

/** Strings first, so that digits inside of them stay what they are; then numbers as JSON writes them. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/**
 * JSON with every number left as the text it was: the venue sends prices as numbers whose trailing zeros its checksum
 * counts, and ids above 2^53. Throws a SyntaxError like `JSON.parse`.
 */
export const parseKeepingNumbers = (frame: string): unknown =>
  JSON.parse(frame.replaceAll(TOKENS, (token) => (token.startsWith('"') ? token : `"${token}"`)))

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/
/** No price or amount has more digits; a larger exponent would be a way to fill the memory. */
const MAX_EXPONENT = 40

/** A JSON number as a plain decimal: `5.1e-05` is `0.000051`, `63298.0` stays. */
export const plainDecimal = (number: string): string | undefined => {
  const match = NUMBER.exec(number)
  if (match === null) return undefined
  const [, sign = '', whole = '', fraction = '', exponentText] = match
  if (exponentText === undefined) return number
  const exponent = Number(exponentText)
  if (Math.abs(exponent) > MAX_EXPONENT) return undefined
  const digits = whole + fraction
  const point = whole.length + exponent
  const padded = digits.padStart(digits.length + Math.max(0, 1 - point), '0').padEnd(point, '0')
  const at = Math.max(point, 1)
  const integer = padded.slice(0, at).replace(/^0+(?=\d)/, '')
  return at < padded.length ? `${sign}${integer}.${padded.slice(at)}` : `${sign}${integer}`
}

const fault = (name: string, expected: string, actual: unknown): UnreadableFrame =>
  new UnreadableFrame(
    `${name}: expected ${expected}, was ${JSON.stringify(actual)?.slice(0, 100) ?? 'missing'}`,
  )

export const signedNumber = (from: unknown, name: string): string => {
  const value = field(from, name)
  const plain = typeof value === 'string' ? plainDecimal(value) : undefined
  if (plain === undefined) throw fault(name, 'a number', value)
  return plain
}

export const number = (from: unknown, name: string): string => {
  const plain = signedNumber(from, name)
  if (plain.startsWith('-')) throw fault(name, 'a number of at least 0', plain)
  return plain
}

export const integer = (from: unknown, name: string): number => {
  const value = Number(number(from, name))
  if (!Number.isSafeInteger(value)) throw fault(name, 'a whole number', value)
  return value
}
