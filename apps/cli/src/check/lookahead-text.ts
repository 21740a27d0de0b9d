import type { LookaheadCheck, LookaheadDifference } from '@botcriptofy/engine/checks'
import { mark, renderTable, timeText } from './check-table.ts'

const COLUMNS = [
  { head: 'what changed' },
  { head: 'first at bar', isNumber: true },
  { head: 'time (UTC)' },
  { head: 'on the whole series' },
  { head: 'on the truncated one' },
  { head: 'bars seen', isNumber: true },
  { head: 'changes', isNumber: true },
]

const rowOf = ({ name, bar, timeMs, whole, truncated, cut, count }: LookaheadDifference): string[] => [
  name,
  String(bar),
  timeText(timeMs),
  whole,
  truncated,
  String(cut),
  String(count),
]

export const describeLookahead = (check: LookaheadCheck): string => {
  const { differences, cuts, bars, comparedValues } = check
  const table = differences.length === 0 ? '' : renderTable(COLUMNS, differences.map(rowOf))
  const extent = `${cuts.length} truncated runs of ${bars} bars, ${comparedValues} values compared`
  return `${table}${mark(check.verdict)}  ${check.text}\n${extent}\n`
}
