/** A fall of equity from a peak, epoch ms; the end is null while equity is still below the peak. */
export interface DrawdownEpisode {
  readonly peakMs: number
  readonly troughMs: number
  readonly endMs: number | null
  /** Fraction < 0. */
  readonly depth: number
  readonly durationMs: number
}

export interface EquityRows {
  readonly time: Float64Array
  readonly equity: Float64Array
  readonly initialCapital: number
}

/** Drawdown of each row as a fraction <= 0, the initial capital being the first peak. */
export const drawdownColumn = ({ equity, initialCapital }: EquityRows): Float64Array => {
  let peak = initialCapital
  return equity.map((value) => {
    if (value > peak) peak = value
    return value / peak - 1
  })
}

/** The deepest episodes, deepest first. */
export const deepestDrawdowns = (rows: EquityRows, count: number): readonly DrawdownEpisode[] => {
  const { time, equity, initialCapital } = rows
  const episodes: DrawdownEpisode[] = []
  let peak = initialCapital
  let peakMs = time[0] ?? 0
  let trough = peak
  let troughMs = peakMs
  const end = (timeMs: number, endMs: number | null) => {
    if (trough >= peak) return
    episodes.push({ peakMs, troughMs, endMs, depth: trough / peak - 1, durationMs: timeMs - peakMs })
  }
  for (let row = 0; row < equity.length; row++) {
    const value = equity[row] as number
    const timeMs = time[row] as number
    if (value >= peak) {
      end(timeMs, timeMs)
      peak = value
      peakMs = timeMs
      trough = value
    } else if (value < trough) {
      trough = value
      troughMs = timeMs
    }
  }
  end(time[equity.length - 1] ?? 0, null)
  return episodes.sort((a, b) => a.depth - b.depth).slice(0, count)
}

export interface YearReturns {
  readonly year: number
  /** January to December; null outside the tested time. */
  readonly months: readonly (number | null)[]
  readonly total: number
}

const monthEndMs = (timeMs: number): number => {
  const date = new Date(timeMs)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)
}

/** Last rows of the UTC months that have rows. */
const monthEndRows = (time: Float64Array, rows: number): number[] => {
  const ends: number[] = []
  let endMs = rows === 0 ? 0 : monthEndMs(time[0] as number)
  for (let row = 1; row < rows; row++) {
    const timeMs = time[row] as number
    if (timeMs < endMs) continue
    ends.push(row - 1)
    endMs = monthEndMs(timeMs)
  }
  return rows === 0 ? ends : [...ends, rows - 1]
}

const change = (from: number, to: number): number => (from > 0 ? to / from - 1 : 0)

/** Returns by UTC month and year as fractions, from the last equity of each month. */
export const monthlyReturns = ({ time, equity, initialCapital }: EquityRows): readonly YearReturns[] => {
  const years = new Map<number, { readonly start: number; months: (number | null)[]; total: number }>()
  let before = initialCapital
  for (const row of monthEndRows(time, equity.length)) {
    const date = new Date(time[row] as number)
    const value = equity[row] as number
    const year = date.getUTCFullYear()
    const known = years.get(year) ?? {
      start: before,
      months: Array.from({ length: 12 }, () => null),
      total: 0,
    }
    years.set(year, known)
    known.months[date.getUTCMonth()] = change(before, value)
    known.total = change(known.start, value)
    before = value
  }
  return [...years].map(([year, { months, total }]) => ({ year, months, total }))
}
