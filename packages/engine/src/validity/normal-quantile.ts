import { normalCdf } from '../metrics/index.ts'

const HALLEY_STEPS = 3

/** First guess of the lower-tail quantile, off by less than 4.5e-4 (Abramowitz & Stegun 26.2.23). */
const roughQuantile = (tail: number): number => {
  const t = Math.sqrt(-2 * Math.log(tail))
  const above = 2.515517 + t * (0.802853 + t * 0.010328)
  const below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308))
  return above / below - t
}

/**
 * Inverse of the standard normal distribution function, Phi^-1(p), to about 1e-15 + 1e-14 |x|; -Infinity at 0,
 * Infinity at 1. Halley's method on `normalCdf`, in the tail that p lies in.
 */
export const normalQuantile = (p: number): number => {
  if (p === 0.5) return 0
  if (p > 0.5) return -normalQuantile(1 - p)
  if (p <= 0) return -Infinity
  let x = roughQuantile(p)
  for (let step = 0; step < HALLEY_STEPS; step++) {
    const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)
    const newton = (normalCdf(x) - p) / density
    x -= newton / (1 + (x * newton) / 2)
  }
  return x
}
