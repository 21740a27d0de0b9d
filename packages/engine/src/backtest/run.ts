import type { DenialCounts } from '../orders/index.ts'
import type { PathMode } from '../paper/index.ts'
import type { TradeLog } from '../positions/index.ts'

export interface OpenPosition {
  readonly side: 'long' | 'short'
  readonly entryIndex: number
  readonly entryPrice: number
  readonly quantity: number
}

/** What a run over a series by one path gives, besides the equity of its bars. */
export interface Run {
  readonly trades: TradeLog
  readonly finalEquity: number
  readonly ambiguousBars: number
  readonly openPosition: OpenPosition | null
  readonly denied: Readonly<DenialCounts>
  readonly blownAtBar: number | null
}

/** Final equity over the two paths of every bar, in quote units. */
export interface Band {
  readonly worst: number
  readonly best: number
  /** Bars of the worst run where the two paths give different fills. */
  readonly ambiguousBars: number
}

type RunEnd = Pick<Run, 'finalEquity' | 'ambiguousBars'>

/** Where no bar is ambiguous both paths fill alike at every bar, so one run stands for all. */
export const bandOf = (run: RunEnd, path: PathMode, rerun: (path: PathMode) => RunEnd): Band => {
  const worst = path === 'worst' ? run : rerun('worst')
  const { finalEquity, ambiguousBars } = worst
  if (ambiguousBars === 0) return { worst: finalEquity, best: finalEquity, ambiguousBars }
  const best = path === 'best' ? run : rerun('best')
  return { worst: finalEquity, best: best.finalEquity, ambiguousBars }
}
