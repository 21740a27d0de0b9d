/** Decimals of an amount of money: a price and an amount have at most eight each, so that their product is exact. */
export const MONEY_DECIMALS = 16

const DECIMAL = /^(\d{1,30})(?:\.(\d{1,40}))?$/

/** A plain decimal in whole units of 10^-decimals; undefined where it is none or has more digits than that. */
export const parseUnits = (text: string, decimals = MONEY_DECIMALS): bigint | undefined => {
  const match = DECIMAL.exec(text)
  if (match === null) return undefined
  const [, whole = '', fraction = ''] = match
  const significant = fraction.replace(/0+$/, '')
  if (significant.length > decimals) return undefined
  return BigInt(whole + significant.padEnd(decimals, '0'))
}

/** With so many decimals; what does not fit is cut. */
export const formatUnits = (units: bigint, decimals: number, from = MONEY_DECIMALS): string => {
  const sign = units < 0n ? '-' : ''
  const digits = String(units < 0n ? -units : units).padStart(from + 1, '0')
  const fraction = digits.slice(-from).padEnd(decimals, '0').slice(0, decimals)
  const whole = from === 0 ? digits : digits.slice(0, -from)
  return decimals === 0 ? sign + whole : `${sign}${whole}.${fraction}`
}

/** Without zeros at its end. */
export const shortDecimal = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)

const RATE_UNIT = 1_000_000n

/** A share of an amount, in millionths, rounded up to the eight decimals that exchanges book. */
export const shareOf = (units: bigint, millionths: bigint): bigint => {
  const step = 10n ** BigInt(MONEY_DECIMALS - 8)
  const exact = units * millionths
  const whole = RATE_UNIT * step
  return ((exact + whole - 1n) / whole) * step
}
