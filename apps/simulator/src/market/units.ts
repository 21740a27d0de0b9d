/** Decimals that exchanges print after the point, and the finest step we can carry. */
export const WIRE_DECIMALS = 8

/**
 * The smallest number of decimals that writes every value exactly, so that sums can be kept in whole steps.
 * Undefined when eight do not suffice or a value has more steps than a double counts.
 */
export const decimalsOf = (columns: readonly Float64Array[]): number | undefined => {
  let decimals = 0
  let unit = 1
  let largest = 0
  for (const column of columns) {
    for (const value of column) {
      // A whole number over a power of ten is rounded once, so it is the very double that the text gave.
      while (Math.round(value * unit) / unit !== value) {
        decimals += 1
        unit = 10 ** decimals
        if (decimals > WIRE_DECIMALS) return undefined
      }
      largest = Math.max(largest, value)
    }
  }
  return largest * unit <= Number.MAX_SAFE_INTEGER ? decimals : undefined
}

/** As `decimalsOf`, but finer digits, which the sums of other bars' volumes have, are rounded to what the wire tells. */
export const roundedDecimalsOf = (column: Float64Array): number | undefined =>
  decimalsOf([column]) ?? decimalsOf([column.map(roundToWire)])

const roundToWire = (value: number): number => Math.round(value * 10 ** WIRE_DECIMALS) / 10 ** WIRE_DECIMALS

export const toSteps = (value: number, decimals: number): number => Math.round(value * 10 ** decimals)

/** A whole number of steps of 10^-decimals, exact, with `shown` decimals: 12345 steps of 0.01 with 8 is `123.45000000`. */
export const formatSteps = (steps: number, decimals: number, shown = WIRE_DECIMALS): string => {
  const digits = String(steps).padStart(decimals + 1, '0')
  const point = digits.length - decimals
  const fraction = digits.slice(point).padEnd(shown, '0')
  return fraction === '' ? digits : `${digits.slice(0, point)}.${fraction}`
}
