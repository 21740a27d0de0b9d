/** CRC-32 of ISO 3309 (reflected, polynomial 0xEDB88320), a byte at a time. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0)
  return remainder
})

/** Of ASCII text, unsigned. */
export const crc32 = (text: string): number => {
  let crc = 0xffffffff
  for (let i = 0; i < text.length; i++) crc = (crc >>> 8) ^ TABLE[(crc ^ text.charCodeAt(i)) & 0xff]!
  return ~crc >>> 0
}

const ZERO = '0'.charCodeAt(0)

/** Decimals with which the venue prints a pair's prices and quantities. */
export interface Precision {
  readonly price: number
  readonly amount: number
}

/**
 * A decimal as the checksum reads it: so many decimals, no point, no leading zeros. Undefined where it has more decimals
 * than that, unless they are zeros.
 */
export const checksumDigits = (plain: string, decimals: number): string | undefined => {
  const point = plain.indexOf('.')
  const whole = point < 0 ? plain : plain.slice(0, point)
  const fraction = point < 0 ? '' : plain.slice(point + 1)
  if (fraction.length > decimals && /[^0]/.test(fraction.slice(decimals))) return undefined
  const digits = whole + fraction.slice(0, decimals).padEnd(decimals, '0')
  let zeros = 0
  while (digits.charCodeAt(zeros) === ZERO) zeros++
  return digits.slice(zeros)
}
