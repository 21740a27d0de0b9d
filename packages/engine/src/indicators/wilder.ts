/**
 * The two weights of a Wilder mean, `mean * wilderKept(period) + value * wilderTaken(period)`: multiplying by them
 * instead of dividing by the period keeps a division out of the chain from bar to bar. What that does to the last
 * digits is the subject of docs/adr/0007-wilder-means.md.
 */
export const wilderKept = (period: number): number => (period - 1) / period

export const wilderTaken = (period: number): number => 1 / period
