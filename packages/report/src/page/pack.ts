/** Numbers for the scripts of a page as base64: a third of the size of JSON, and decoded in one step. */

const base64 = (column: Float32Array | Float64Array | Uint8Array): string =>
  Buffer.from(column.buffer, column.byteOffset, column.byteLength).toString('base64')

/** Seven digits, which is more than a chart shows; little-endian. */
export const packFloat32 = (values: ArrayLike<number>): string => base64(Float32Array.from(values))

export const packFloat64 = (values: ArrayLike<number>): string => base64(Float64Array.from(values))

export const packBytes = (values: ArrayLike<number>): string => base64(Uint8Array.from(values))

/** Whole numbers >= 0 below 2^53 as base-128 digits, lowest first, the high bit saying that more follow. */
export const packNaturals = (values: readonly number[]): Uint8Array => {
  const bytes: number[] = []
  for (const value of values) {
    let rest = value
    while (rest >= 128) {
      bytes.push((rest % 128) + 128)
      rest = Math.floor(rest / 128)
    }
    bytes.push(rest)
  }
  return Uint8Array.from(bytes)
}

/** Whole numbers of either sign as naturals, small ones staying small: 0, -1, 1, -2, … become 0, 1, 2, 3, … */
export const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value)
