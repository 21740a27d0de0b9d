import type { TrialColumns } from '@botcriptofy/contracts/sweep'

/**
 * Rows of the runs that completed over all bars, the highest objective first: those that break constraints come after
 * those that keep them, those without a value last, ties by ordinal.
 */
export const rankRows = ({ objective, isFailed, violation, share }: TrialColumns): Uint32Array => {
  const whole = Uint32Array.from(isFailed.keys()).filter((row) => isFailed[row] === 0 && share[row] === 1)
  return whole.sort((a, b) => {
    const [left, right] = [objective[a]!, objective[b]!]
    const missing = Number(Number.isNaN(left)) - Number(Number.isNaN(right))
    return missing || violation[a]! - violation[b]! || (Number.isNaN(left) ? 0 : right - left) || a - b
  })
}

/** Middle of the values that are there; null where none is. */
export const medianOf = (values: Float64Array): number | null => {
  const known = values.filter((value) => !Number.isNaN(value)).sort()
  const middle = (known.length - 1) / 2
  const [low, high] = [known[Math.floor(middle)], known[Math.ceil(middle)]]
  return low === undefined || high === undefined ? null : (low + high) / 2
}

/** At most `count` of `total` places, evenly apart, the first and the last among them. */
export const evenPlaces = (total: number, count: number): readonly number[] =>
  total <= count
    ? Array.from({ length: total }, (_, place) => place)
    : Array.from({ length: count }, (_, k) => Math.round((k * (total - 1)) / (count - 1)))
