/** Adds plain decimals exactly: `0.1` and `0.20` are `0.30`, with as many decimals as the longest has. */
export const addDecimals = (a: string, b: string): string => {
  const decimals = Math.max(decimalsOf(a), decimalsOf(b))
  const digits = String(unitsOf(a, decimals) + unitsOf(b, decimals)).padStart(decimals + 1, '0')
  const point = digits.length - decimals
  return decimals === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`
}

export const decimalsOf = (plain: string): number => {
  const point = plain.indexOf('.')
  return point < 0 ? 0 : plain.length - point - 1
}

const unitsOf = (plain: string, decimals: number): bigint =>
  BigInt(plain.replace('.', '') + '0'.repeat(decimals - decimalsOf(plain)))
