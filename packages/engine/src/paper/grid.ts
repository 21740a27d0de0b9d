/** Multiples of a step, as the doubles nearest to them: the tick of prices or the step of quantities. */
export interface Grid {
  /** The n-th multiple. */
  readonly at: (n: number) => number
  /** Index of the largest multiple at or below the value, exact for every double. */
  readonly floorIndex: (value: number) => number
  /** The multiple at or below (above) the value; a value within rounding error of a multiple is on it. */
  readonly down: (value: number) => number
  readonly up: (value: number) => number
  /** The smallest value that counts as beyond: one step further, or the next double without a step. */
  readonly beyond: (value: number) => number
}

/** Steps that count as none: the error of a few float operations on prices far above the step. */
const slackOf = (steps: number): number => Math.max(1e-9, Math.abs(steps) * 4 * Number.EPSILON)

/**
 * The step as units / scale. 0.01 has no exact double, so 10002 * 0.01 is not the double that "100.02" parses to,
 * but 10002 / 100 is.
 */
const decimalOf = (step: number): { readonly units: number; readonly scale: number } => {
  for (let digits = 0; digits <= 15; digits++) {
    const scale = 10 ** digits
    const units = Math.round(step * scale)
    if (units >= 1 && units / scale === step) return { units, scale }
  }
  return { units: step, scale: 1 }
}

export const createGrid = (step: number): Grid => {
  const { units, scale } = decimalOf(step)
  const at = (n: number): number => (n * units) / scale
  const stepsOf = (value: number): number => (value * scale) / units
  const floorIndex = (value: number): number => {
    const n = Math.floor(stepsOf(value))
    if (at(n + 1) <= value) return n + 1
    return at(n) > value ? n - 1 : n
  }
  const snap = (value: number, round: (steps: number) => number): number => {
    const steps = stepsOf(value)
    const nearest = Math.round(steps)
    return at(Math.abs(steps - nearest) <= slackOf(steps) ? nearest : round(steps))
  }
  return {
    at,
    floorIndex,
    down: (value) => snap(value, Math.floor),
    up: (value) => snap(value, Math.ceil),
    beyond: (value) => at(Math.round(stepsOf(value)) + 1),
  }
}

const same = (value: number): number => value

/** The price grid of a market: continuous when the tick is null. */
export type PriceGrid = Pick<Grid, 'down' | 'up' | 'beyond'>

/** 2^-53 (1 + 2^-52): adding this part of a normal double to it rounds to its neighbour (Rump et al., 2009). */
const NEIGHBOUR = 2 ** -53 * (1 + Number.EPSILON)

/** The smallest double above zero or a normal value. */
export const nextDouble = (value: number): number =>
  value === 0 ? Number.MIN_VALUE : value + Math.abs(value) * NEIGHBOUR

export const createPriceGrid = (tick: number | null): PriceGrid =>
  tick === null ? { down: same, up: same, beyond: nextDouble } : createGrid(tick)
