import type { IndicatorWarmup, WarmupCheck } from '@botcriptofy/engine/checks'
import { mark, renderTable } from './check-table.ts'

const COLUMNS = [
  { head: 'verdict' },
  { head: 'ids' },
  { head: 'indicator' },
  { head: 'first value', isNumber: true },
  { head: 'settled, published', isNumber: true },
  { head: 'settled, measured', isNumber: true },
  { head: 'found' },
]

const rowOf = ({ verdict, ids, indicator, ...found }: IndicatorWarmup): string[] => [
  mark(verdict),
  ids.join(', '),
  indicator,
  String(found.lookback),
  String(found.published),
  found.measured === null ? '–' : String(found.measured),
  found.text,
]

export const describeWarmup = (check: WarmupCheck): string => {
  const table = check.indicators.length === 0 ? '' : renderTable(COLUMNS, check.indicators.map(rowOf))
  const advice = `recommended signalsFromBar: ${check.recommendedSignalsFromBar} (first signal now at ${check.firstSignalBar} of ${check.bars} bars)`
  return `${table}${mark(check.verdict)}  ${check.text}\n${advice}\n`
}
