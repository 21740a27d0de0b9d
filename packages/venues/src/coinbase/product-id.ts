import { field, text, UnreadableFrame } from '../frame/index.ts'

const SPOT = /^([^-\s]+)-([^-\s]+)$/

/** `BTC-USD` as `BTC/USD`. */
export const symbolOf = (from: unknown, name: string): string => {
  const native = text(from, name)
  const match = SPOT.exec(native)
  if (match === null) throw new UnreadableFrame(`${name}: expected BASE-QUOTE, was ${native}`)
  return `${match[1]}/${match[2]}`
}

/** Derivatives come in the same lists, and their names have more parts. */
export const isSpot = (row: unknown): boolean => (field(row, 'product_type') ?? 'SPOT') === 'SPOT'
