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

/** The four digits of 0 to 9999, each in one word with the first digit in its lowest byte. */
const QUADS = Int32Array.from({ length: 10_000 }, (_, value) =>
  [value / 1000, value / 100, value / 10, value].reduce(
    (word, digits, place) => word | ((ZERO + (Math.floor(digits) % 10)) << (8 * place)),
    0,
  ),
)

const writeFour = (text: DataView, at: number, value: number): void => text.setInt32(at, QUADS[value]!, true)

const E4 = 10_000
const E8 = 100_000_000
const E9 = 1_000_000_000

/** Eight digits with leading zeros, of an integer below 10^8. */
const writeEight = (text: DataView, at: number, value: number): void => {
  const high = (value / E4) | 0
  writeFour(text, at, high)
  writeFour(text, at + 4, (value - high * E4) | 0)
}

/** An integer below 10^4; its leading zeros are shifted out. */
const writeUpToFour = (text: DataView, at: number, value: number): number => {
  const zeros = value >= 1000 ? 0 : value >= 100 ? 1 : value >= 10 ? 2 : 3
  text.setInt32(at, QUADS[value]! >>> (8 * zeros), true)
  return at + 4 - zeros
}

const writeInteger = (text: DataView, at: number, value: number): number => {
  if (value >= E8) {
    const high = Math.floor(value / E8)
    const next = writeInteger(text, at, high)
    writeEight(text, next, (value - high * E8) | 0)
    return next + 8
  }
  const integer = value | 0
  if (integer < E4) return writeUpToFour(text, at, integer)
  const high = (integer / E4) | 0
  const next = writeInteger(text, at, high)
  writeFour(text, next, (integer - high * E4) | 0)
  return next + 4
}

/** For what is rare. */
const writeByRuntime = (text: DataView, at: number, value: number): number => {
  const json = JSON.stringify(value)
  for (let i = 0; i < json.length; i++) text.setUint8(at + i, json.charCodeAt(i))
  return at + json.length
}

/** What stands before the first digit that counts: room for the point, or `0.` and zeros. */
const writeLeading = (text: DataView, at: number, whole: number): number => {
  if (whole > 0) return at + 1
  text.setUint8(at, ZERO)
  text.setUint8(at + 1, POINT)
  const start = at + 2 - whole
  for (let i = at + 2; i < start; i++) text.setUint8(i, ZERO)
  return start
}

/** Moves the whole part into the room before it, and the point behind it. */
const placePoint = (text: DataView, at: number, whole: number): void => {
  const point = at + whole
  for (let i = at; i < point; i++) text.setUint8(i, text.getUint8(i + 1))
  text.setUint8(point, POINT)
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
/** The power of ten at or below 2^b, for the b of the line above. */
const EXPONENTS = Int32Array.from({ length: 70 }, (_, k) => Math.floor((k + LEAST_BINARY) * Math.log10(2)))
/** Distances are compared in rounded arithmetic; closer to each other than this they decide nothing. */
const SLACK = 1e-6

const isClose = (a: number, b: number): boolean => Math.abs(a - b) < SLACK

const view = new DataView(new ArrayBuffer(8))

/** From LEAST up to below LIMIT, and no integer. */
const writeFraction = (text: DataView, at: number): number => {
  const value = view.getFloat64(0)
  const binary = (view.getUint32(0) >>> 20) - BIAS
  const halfGap = HALF_GAPS[binary - LEAST_BINARY]!
  let exponent = EXPONENTS[binary - LEAST_BINARY]!
  if (value >= STEPS[exponent + 1 - LEAST_EXPONENT]!) exponent++
  const power = POWERS[16 - exponent]!
  const upper = UPPER[16 - exponent]!
  const lower = power - upper
  const valueUpper = value * SPLITTER - (value * SPLITTER - value)
  const valueLower = value - valueUpper
  const product = value * power
  const error = valueLower * lower - (product - valueUpper * upper - valueLower * upper - valueUpper * lower)
  // value * power = product + error = quotient * 10^8 + tail, of which only the last sum is rounded.
  const quotient = Math.floor(product / E8)
  const tail = product - quotient * E8 + error
  const hundreds = Math.floor(tail * 0.01 + 0.5) * 100
  const tens = Math.floor(tail * 0.1 + 0.5) * 10
  const ones = Math.floor(tail + 0.5)
  const toHundred = Math.abs(tail - hundreds)
  const toTen = Math.abs(tail - tens)
  const toOne = Math.abs(tail - ones)
  const reach = halfGap * power
  const isUnclear =
    isClose(toHundred, reach) || isClose(toTen, reach) || isClose(toTen, 5) || isClose(toOne, 0.5)
  // Below a power of two the doubles lie closer.
  if (isUnclear || halfGap * GAPS_TO_POWER === value) return writeByRuntime(text, at, value)
  let low = (toHundred < reach ? hundreds : toTen < reach ? tens : ones) | 0
  let high = quotient | 0
  if (low < 0) {
    low = (low + E8) | 0
    high = (high - 1) | 0
  } else if (low >= E8) {
    low = (low - E8) | 0
    high = (high + 1) | 0
  }
  if (high >= E9) return writeByRuntime(text, at, value)
  const start = writeLeading(text, at, exponent + 1)
  const first = (high / E8) | 0
  text.setUint8(start, ZERO + first)
  writeEight(text, start + 1, (high - first * E8) | 0)
  writeEight(text, start + 9, low)
  if (exponent >= 0) placePoint(text, at, exponent + 1)
  let end = start + 17
  while (text.getUint8(end - 1) === ZERO) end--
  return end
}

/** Writes a number as `JSON.stringify` prints it and returns the place behind it. Needs MAX_NUMBER_BYTES of room. */
export const writeNumber = (text: DataView, at: number, value: number): number => {
  const size = Math.abs(value)
  if (!(size < LIMIT)) return writeByRuntime(text, at, value)
  text.setUint8(at, MINUS)
  const start = value < 0 ? at + 1 : at
  if (Math.floor(size) === size) return writeInteger(text, start, size)
  if (size < LEAST) return writeByRuntime(text, start, size)
  view.setFloat64(0, size)
  return writeFraction(text, start)
}
