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
  const [whole = '', fraction = ''] = plain.split('.')
  if (/[^0]/.test(fraction.slice(decimals))) return undefined
  return (whole + fraction.slice(0, decimals).padEnd(decimals, '0')).replace(/^0+/, '')
}
