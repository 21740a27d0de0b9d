import type { Random } from '../kernel/index.ts'

export const RESAMPLE_METHODS = ['shuffle', 'bootstrap', 'blocks'] as const
/**
 * How another history is made of the steps that were seen. `shuffle`: every step once, in another order. `bootstrap`:
 * each drawn from all of them, with replacement (Efron, 1979). `blocks`: stationary bootstrap (Politis & Romano,
 * 1994), runs of neighbouring steps, which keeps what follows upon each other.
 */
export type ResampleMethod = (typeof RESAMPLE_METHODS)[number]

/** Fills `order` with indexes of the original steps. */
export type Resampler = (order: Int32Array, random: Random) => void

/** Fisher-Yates (Durstenfeld, 1964): every order is equally likely. */
const shuffle: Resampler = (order, random) => {
  for (let i = 0; i < order.length; i++) {
    const other = Math.floor(random() * (i + 1))
    order[i] = order[other] as number
    order[other] = i
  }
}

const bootstrap: Resampler = (order, random) => {
  for (let i = 0; i < order.length; i++) order[i] = Math.floor(random() * order.length)
}

/** Blocks start anywhere, have geometric lengths of this mean, and run from the last step on to the first. */
const stationaryBlocks =
  (meanLength: number): Resampler =>
  (order, random) => {
    const n = order.length
    let at = Math.floor(random() * n)
    for (let i = 0; i < n; i++) {
      order[i] = at
      at = random() * meanLength < 1 ? Math.floor(random() * n) : (at + 1) % n
    }
  }

/** n^(1/3), the order of growth that Politis & Romano (1994) give for the mean length of blocks; 1 or more. */
export const automaticBlockLength = (steps: number): number => Math.max(1, Math.cbrt(steps))

export const resamplerOf = (method: ResampleMethod, meanBlockLength: number): Resampler => {
  if (method === 'shuffle') return shuffle
  return method === 'bootstrap' ? bootstrap : stationaryBlocks(meanBlockLength)
}
