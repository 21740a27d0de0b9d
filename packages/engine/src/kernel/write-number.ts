/**
 * Numbers as `JSON.stringify` prints them, written as ASCII bytes. A double that is scaled by a power of ten to
 * seventeen digits before the point is the exact sum of two doubles (T. J. Dekker, A floating-point technique for
 * extending the available precision, 1971). So it is known exactly how far the multiples of 100, of 10 and of 1 lie from
 * it; the coarsest that no other double is closer to has its shortest digits.
 */

/** No number is written longer, nor is anything written behind this many bytes. */
export const MAX_NUMBER_BYTES = 32

const ZERO = 48
const MINUS = 45
const POINT = 46

/** The two digits of 0 to 99, one pair after another. */
const PAIRS = Uint8Array.from(
  { length: 200 },
  (_, i) => ZERO + (i % 2 === 0 ? Math.floor(i / 20) : Math.floor(i / 2) % 10),
)

const writePair = (bytes: Uint8Array, at: number, pair: number): void => {
  bytes[at] = PAIRS[2 * pair]!
  bytes[at + 1] = PAIRS[2 * pair + 1]!
}

const E8 = 100_000_000
const E9 = 1_000_000_000

/** Eight digits with leading zeros, of an integer below 10^8. */
const writeEight = (bytes: Uint8Array, at: number, value: number): void => {
  const high = (value / 10_000) | 0
  const low = (value - high * 10_000) | 0
  const first = (high / 100) | 0
  const third = (low / 100) | 0
  writePair(bytes, at, first)
  writePair(bytes, at + 2, (high - first * 100) | 0)
  writePair(bytes, at + 4, third)
  writePair(bytes, at + 6, (low - third * 100) | 0)
}

const countDigits = (value: number): number => {
  let digits = 1
  for (let limit = 10; value >= limit; limit *= 10) digits++
  return digits
}

const writeInteger = (bytes: Uint8Array, at: number, value: number): number => {
  if (value >= E8) {
    const high = Math.floor(value / E8)
    const next = writeInteger(bytes, at, high)
    writeEight(bytes, next, (value - high * E8) | 0)
    return next + 8
  }
  const end = at + countDigits(value)
  let rest = value | 0
  let place = end
  for (; rest >= 10; place -= 2) {
    const next = (rest / 100) | 0
    writePair(bytes, place - 2, (rest - next * 100) | 0)
    rest = next
  }
  if (place > at) bytes[at] = ZERO + rest
  return end
}

/** For what is rare. */
const writeByRuntime = (bytes: Uint8Array, at: number, value: number): number => {
  const text = JSON.stringify(value)
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i)
  return at + text.length
}

/** What stands before the first digit that counts: room for the point, or `0.` and zeros. */
const writeLeading = (bytes: Uint8Array, at: number, whole: number): number => {
  if (whole > 0) return at + 1
  bytes[at] = ZERO
  bytes[at + 1] = POINT
  const start = at + 2 - whole
  for (let i = at + 2; i < start; i++) bytes[i] = ZERO
  return start
}

/** Moves the whole part into the room before it, and the point behind it. */
const placePoint = (bytes: Uint8Array, at: number, whole: number): void => {
  const point = at + whole
  for (let i = at; i < point; i++) bytes[i] = bytes[i + 1]!
  bytes[point] = POINT
}

/** 2^27 + 1, with which Dekker splits a double into halves of its digits. */
const SPLITTER = 134_217_729
/** The powers of ten that doubles hold exactly, and their upper halves. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`))
const UPPER = POWERS.map((power) => power * SPLITTER - (power * SPLITTER - power))
/** Fractions from 10^-6 up to below 10^15 need no other power, and no exponent in print. */
const LEAST_EXPONENT = -6
const LEAST = 1e-6
const LIMIT = 1e15
const STEPS = Float64Array.from({ length: 22 }, (_, k) => Number(`1e${k + LEAST_EXPONENT}`))
const BIAS = 1023
const LEAST_BINARY = -20
/** Half the distance between neighbouring doubles from 2^b on. */
const HALF_GAPS = Float64Array.from({ length: 70 }, (_, k) => 2 ** (k + LEAST_BINARY - 53))
const GAPS_TO_POWER = 2 ** 53
const LOG_2 = Math.log10(2)
/** Distances are compared in rounded arithmetic; closer to each other than this they decide nothing. */
const SLACK = 1e-6

const isClose = (a: number, b: number): boolean => Math.abs(a - b) < SLACK

const view = new DataView(new ArrayBuffer(8))

/** From LEAST up to below LIMIT, and no integer. */
const writeFraction = (bytes: Uint8Array, at: number, value: number): number => {
  view.setFloat64(0, value)
  const binary = (view.getUint32(0) >>> 20) - BIAS
  const halfGap = HALF_GAPS[binary - LEAST_BINARY]!
  let exponent = Math.floor(binary * LOG_2)
  if (value >= STEPS[exponent + 1 - LEAST_EXPONENT]!) exponent++
  const power = POWERS[16 - exponent]!
  const upper = UPPER[16 - exponent]!
  const lower = power - upper
  const valueUpper = value * SPLITTER - (value * SPLITTER - value)
  const valueLower = value - valueUpper
  const product = value * power
  const error = valueLower * lower - (product - valueUpper * upper - valueLower * upper - valueUpper * lower)
  // value * power = product + error = high * 10^8 + low + rest, exactly.
  const carry = Math.floor(error)
  const rest = error - carry
  const quotient = Math.floor(product / E8)
  let high = quotient | 0
  let low = (product - quotient * E8 + carry) | 0
  if (low < 0) {
    low = (low + E8) | 0
    high = (high - 1) | 0
  }
  const hundreds = (low - ((low / 100) | 0) * 100) | 0
  const tens = (hundreds - ((hundreds / 10) | 0) * 10) | 0
  const overHundred = hundreds + rest
  const overTen = tens + rest
  const toHundred = Math.min(overHundred, 100 - overHundred)
  const toTen = Math.min(overTen, 10 - overTen)
  const reach = halfGap * power
  const isUnclear =
    isClose(toHundred, reach) || isClose(toTen, reach) || isClose(overTen, 5) || isClose(rest, 0.5)
  // Below a power of two the doubles lie closer.
  if (isUnclear || halfGap * GAPS_TO_POWER === value) return writeByRuntime(bytes, at, value)
  if (toHundred < reach) low = (low + (overHundred < 50 ? -hundreds : 100 - hundreds)) | 0
  else if (toTen < reach) low = (low + (overTen < 5 ? -tens : 10 - tens)) | 0
  else if (rest > 0.5) low = (low + 1) | 0
  if (low >= E8) {
    low = (low - E8) | 0
    high = (high + 1) | 0
  }
  if (high >= E9) return writeByRuntime(bytes, at, value)
  const start = writeLeading(bytes, at, exponent + 1)
  const first = (high / E8) | 0
  bytes[start] = ZERO + first
  writeEight(bytes, start + 1, (high - first * E8) | 0)
  writeEight(bytes, start + 9, low)
  if (exponent >= 0) placePoint(bytes, at, exponent + 1)
  let end = start + 17
  while (bytes[end - 1] === ZERO) end--
  return end
}

/** Writes a number as `JSON.stringify` prints it and returns the place behind it. Needs MAX_NUMBER_BYTES of room. */
export const writeNumber = (bytes: Uint8Array, at: number, value: number): number => {
  const size = Math.abs(value)
  if (!(size < LIMIT)) return writeByRuntime(bytes, at, value)
  bytes[at] = MINUS
  const start = value < 0 ? at + 1 : at
  if (Math.floor(size) === size) return writeInteger(bytes, start, size)
  return size < LEAST ? writeByRuntime(bytes, start, size) : writeFraction(bytes, start, size)
}
