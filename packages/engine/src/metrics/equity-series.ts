/** An equity series as aligned columns; rows [from, to) count, the stamps are strictly ascending. */
export interface EquitySeries {
  /** Epoch ms UTC. */
  readonly time: Float64Array
  /** E_t in quote units, marked to market; positive, except a last 0 where the account was blown. */
  readonly equity: Float64Array
  readonly from: number
  readonly to: number
  /** E_0, stamped with the time of row `from`. */
  readonly startEquity: number
}

/** Index of the first row of [from, to) whose equity is zero or below, or `to`. */
const findBlownRow = ({ equity, from, to }: EquitySeries): number => {
  for (let i = from; i < to; i++) {
    const value = equity[i] as number
    if (value > 0) continue
    if (Number.isNaN(value)) throw new Error(`Invariant broken: equity of row ${i} is not a number`)
    return i
  }
  return to
}

/**
 * The series up to and including the first row at zero or below, that row set to 0: what comes after the end of an
 * account means nothing. A series that stays positive is returned as it is. Throws on equity that is not a number.
 */
export const cutWhereBlown = (series: EquitySeries): EquitySeries => {
  const row = findBlownRow(series)
  if (row === series.to) return series
  const equity = series.equity.slice(0, row + 1)
  equity[row] = 0
  return { ...series, equity, to: row + 1 }
}

/** Mean of E_t over the rows; E_0 when there are none. Quote units. */
export const meanEquity = ({ equity, from, to, startEquity }: EquitySeries): number => {
  if (from >= to) return startEquity
  let sum = 0
  for (let i = from; i < to; i++) sum += equity[i] as number
  return sum / (to - from)
}
