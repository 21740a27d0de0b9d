const grouped = (digits: number) =>
  new Intl.NumberFormat('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    // Nothing is shown as -0.00.
    signDisplay: 'negative',
  })

const WHOLE = grouped(0)
const TWO_DIGITS = grouped(2)
const THREE_DIGITS = grouped(3)
const FOUR_SIGNIFICANT = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4 })
const SIX_SIGNIFICANT = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 6 })

/** From here on a number is read by its exponent, not by its digits. */
const LARGE = 1e9

const exponential = (value: number): string => value.toExponential(2).replace('e+', 'e')

/** 0.0213 → `2.13%`. */
export const percentText = (fraction: number): string => {
  const percent = fraction * 100
  return `${Math.abs(percent) < LARGE ? TWO_DIGITS.format(percent) : exponential(percent)}%`
}

/** Three decimals; what they would hide is shown by its exponent. */
export const ratioText = (value: number): string => {
  const size = Math.abs(value)
  return size >= LARGE || (size > 0 && size < 0.0005) ? exponential(value) : THREE_DIGITS.format(value)
}

/** Two decimals, or four significant digits below 1, so that amounts in BTC stay visible. */
export const moneyText = (value: number): string => {
  const size = Math.abs(value)
  if (size >= LARGE * 1000 || (size > 0 && size < 1e-9)) return exponential(value)
  return size >= 1 || size === 0 ? TWO_DIGITS.format(value) : FOUR_SIGNIFICANT.format(value)
}

/** Prices: at least two decimals, six significant digits below 1000. */
export const priceText = (value: number): string =>
  Math.abs(value) >= 1000 ? TWO_DIGITS.format(value) : SIX_SIGNIFICANT.format(value)

export const countText = (value: number): string => WHOLE.format(value)

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const

/** The two largest units of a duration: `54d 3h`, `3h 20m`, `45s`. */
export const durationText = (ms: number): string => {
  const seconds = Math.round(ms / 1000) * 1000
  const first = UNITS.findIndex(([, size]) => seconds >= size)
  if (first < 0) return '0s'
  let rest = seconds
  const parts = UNITS.slice(first, first + 2).map(([name, size]) => {
    const count = Math.floor(rest / size)
    rest -= count * size
    return count === 0 ? '' : `${WHOLE.format(count)}${name}`
  })
  return parts.filter((part) => part !== '').join(' ')
}
