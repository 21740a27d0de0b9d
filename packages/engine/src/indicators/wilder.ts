/** The two weights of a Wilder mean, `mean * kept + value * taken`. */
export interface WilderWeights {
  readonly kept: number
  readonly taken: number
}

/**
 * Multiplying by these two instead of dividing by the period keeps a division out of the chain from bar to bar;
 * what that does to the last digits is the subject of docs/adr/0007-wilder-means.md.
 */
export const wilderWeights = (period: number): WilderWeights => ({
  kept: (period - 1) / period,
  taken: 1 / period,
})
