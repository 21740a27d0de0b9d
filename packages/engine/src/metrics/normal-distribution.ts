const DENSITY_AT_ZERO = 1 / Math.sqrt(2 * Math.PI)
const SERIES_LIMIT = 3
const FRACTION_DEPTH = 200

/** Phi(x) - 1/2 = phi(x) (x + x^3/3 + x^5/(3*5) + ...) (Abramowitz & Stegun 26.2.11); no cancellation for x > 0. */
const centralPart = (x: number): number => {
  let term = x
  let sum = x
  for (let k = 3; term > sum * 1e-17; k += 2) {
    term *= (x * x) / k
    sum += term
  }
  return DENSITY_AT_ZERO * Math.exp((-x * x) / 2) * sum
}

/** 1 - Phi(x) = phi(x) / (x + 1/(x + 2/(x + 3/(x + ...)))) (Abramowitz & Stegun 26.2.14), from the inside out. */
const upperTail = (x: number): number => {
  let fraction = x
  for (let k = FRACTION_DEPTH; k >= 1; k--) fraction = x + k / fraction
  return (DENSITY_AT_ZERO * Math.exp((-x * x) / 2)) / fraction
}

/** Standard normal distribution function Phi(x), in [0, 1], to about 1e-15 relative in both tails. */
export const normalCdf = (x: number): number => {
  const distance = Math.abs(x)
  if (distance === 0) return 0.5
  if (distance >= SERIES_LIMIT) {
    const tail = upperTail(distance)
    return x < 0 ? tail : 1 - tail
  }
  const part = centralPart(distance)
  return x < 0 ? 0.5 - part : 0.5 + part
}
