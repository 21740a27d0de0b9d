import type { Candles } from '../market/index.ts'
import type { DataPlace } from './findings.ts'

/** Places named of each finding. */
const PLACES_KEPT = 5

/** What a search found: how many bars, and where first. */
export interface Found {
  readonly bars: number
  /** Runs or gaps that the bars lie in; as many as bars where each stands alone. */
  readonly groups: number
  readonly places: readonly DataPlace[]
}

export const NOTHING: Found = { bars: 0, groups: 0, places: [] }

/** Counts everything and remembers the first few places, however many there are. */
export const createCollector = ({ time }: Candles) => {
  const places: DataPlace[] = []
  let bars = 0
  let groups = 0
  return {
    add: (bar: number, count: number, detail: () => string): void => {
      bars += count
      groups++
      if (places.length < PLACES_KEPT) places.push({ bar, timeMs: time[bar]!, detail: detail() })
    },
    found: (): Found => ({ bars, groups, places }),
  }
}
