import type { DataCheck, DataFinding } from '@botcriptofy/engine/checks'
import pc from 'picocolors'
import { mark, percentText, renderTable, timeText } from './check-table.ts'

const NAMES: Readonly<Record<DataFinding['code'], string>> = {
  GAPS: 'gaps',
  ODD_STEPS: 'odd steps',
  DUPLICATE_BARS: 'repeated bars',
  SPIKES: 'spikes',
  ZERO_VOLUME: 'zero volume',
  FLAT_RUNS: 'flat runs',
}

const COLUMNS = [
  { head: 'verdict' },
  { head: 'looked for' },
  { head: 'bars', isNumber: true },
  { head: 'share', isNumber: true },
  { head: 'warns, fails above', isNumber: true },
  { head: 'found' },
]

const rowOf = ({ code, verdict, count, share, warnAbove, failAbove, text }: DataFinding): string[] => [
  mark(verdict),
  NAMES[code],
  String(count),
  percentText(share, 3),
  `${percentText(warnAbove, 1)}, ${percentText(failAbove, 1)}`,
  text,
]

const placesOf = ({ code, places, count }: DataFinding): string[] =>
  places.length === 0 || count === 0
    ? []
    : [
        `first of the ${NAMES[code]}:`,
        ...places.map(({ bar, timeMs, detail }) => `  bar ${bar}, ${timeText(timeMs)}: ${detail}`),
      ]

const headOf = ({ bars, fromMs, toMs, barMs }: DataCheck): string => {
  if (fromMs === null || toMs === null) return 'no bars'
  const step = barMs === null ? '' : `, one every ${barMs / 1000} s`
  return `${bars} bars from ${timeText(fromMs)} to ${timeText(toMs)}${step}`
}

export const describeData = (check: DataCheck): string => {
  const places = check.findings.flatMap(placesOf).map((line) => `${pc.dim(line)}\n`)
  return `${headOf(check)}\n${renderTable(COLUMNS, check.findings.map(rowOf))}${places.join('')}`
}
