/** Start of the UTC month that holds an instant, epoch ms. */
export const monthStartMs = (timeMs: number): number => {
  const date = new Date(timeMs)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth())
}

/** Start of the UTC month after the one that holds an instant, epoch ms. */
export const nextMonthMs = (timeMs: number): number => {
  const date = new Date(timeMs)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1)
}

/** `2024_09`, for names of partitions. */
export const monthLabel = (monthMs: number): string =>
  new Date(monthMs).toISOString().slice(0, 7).replace('-', '_')
