import type { Verdict } from '@botcriptofy/engine/checks'
import Table from 'cli-table3'
import pc from 'picocolors'
import { NO_RULES } from '../table-style.ts'

const MARKS: Readonly<Record<Verdict, string>> = {
  pass: pc.green('pass'),
  warn: pc.yellow('warn'),
  fail: pc.red('FAIL'),
}

export const mark = (verdict: Verdict): string => MARKS[verdict]

/** A column's heading; numbers stand on the right. */
export interface Column {
  readonly head: string
  readonly isNumber?: boolean
}

export const renderTable = (columns: readonly Column[], rows: readonly (readonly string[])[]): string => {
  const table = new Table({
    head: columns.map(({ head }) => head),
    colAligns: columns.map(({ isNumber }) => (isNumber === true ? 'right' : 'left')),
    style: { head: [], border: [] },
    chars: NO_RULES,
  })
  table.push(...rows.map((row) => [...row]))
  return `${table.toString()}\n`
}

/** `2024-01-31 13:00`, UTC; seconds only where there are some. */
export const timeText = (ms: number): string =>
  new Date(ms)
    .toISOString()
    .replace('T', ' ')
    .replace(/(:00)?\.000Z$|Z$/, '')

export const percentText = (fraction: number, digits = 2): string => `${(fraction * 100).toFixed(digits)} %`
