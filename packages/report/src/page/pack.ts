/** Numbers for the scripts of a page as base64: a third of the size of JSON, and decoded in one step. */

export const base64 = (column: Float32Array | Float64Array | Uint8Array): string =>
  Buffer.from(column.buffer, column.byteOffset, column.byteLength).toString('base64')

/** Seven digits, which is more than a chart shows; little-endian. */
export const packFloat32 = (values: ArrayLike<number>): string => base64(Float32Array.from(values))

export const packFloat64 = (values: ArrayLike<number>): string => base64(Float64Array.from(values))

export const packBytes = (values: ArrayLike<number>): string => base64(Uint8Array.from(values))

const MOST_DIGITS = 8

/** Whole numbers >= 0 below 2^53 as base-128 digits, lowest first, the high bit saying that more follow. */
export const packNaturals = (values: ArrayLike<number>): Uint8Array => {
  const bytes = new Uint8Array(values.length * MOST_DIGITS)
  let length = 0
  for (let k = 0; k < values.length; k++) {
    let rest = values[k] as number
    while (rest >= 128) {
      bytes[length++] = (rest % 128) + 128
      rest = Math.floor(rest / 128)
    }
    bytes[length++] = rest
  }
  return bytes.subarray(0, length)
}

/** Whole numbers of either sign as naturals, small ones staying small: 0, -1, 1, -2, … become 0, 1, 2, 3, … */
export const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value)
