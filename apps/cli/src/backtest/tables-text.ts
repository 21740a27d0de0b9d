import { type EntryHour, type PeriodicTables, type PeriodReturn, PERIODS } from '@botcriptofy/engine/metrics'
import Table from 'cli-table3'
import { NO_RULES } from '../table-style.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const HOURS = 24

const percent = (fraction: number): string => `${(fraction * 100).toFixed(2)} %`
const dateText = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

const render = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const colAligns = head.map((_, column) => (column === 0 ? ('left' as const) : ('right' as const)))
  const table = new Table({ head: [...head], colAligns, style: { head: [], border: [] }, chars: NO_RULES })
  table.push(...rows.map((row) => [...row]))
  return `${table.toString()}\n`
}

const extreme = (period: PeriodReturn | null): string =>
  period === null ? '–' : `${percent(period.returnFraction)} (${dateText(period.fromMs)})`

const summaryTable = ({ summary }: PeriodicTables): string =>
  render(
    ['period', 'count', 'positive', 'mean', 'best', 'worst'],
    PERIODS.map((name) => {
      const { periods, positiveFraction, meanReturn, best, worst } = summary[name]
      const orNone = (value: number | null) => (value === null ? '–' : percent(value))
      return [
        name,
        String(periods),
        orNone(positiveFraction),
        orNone(meanReturn),
        extreme(best),
        extreme(worst),
      ]
    }),
  )

const monthTable = ({ months, years }: PeriodicTables): string => {
  const byStart = new Map(months.map(({ fromMs, returnFraction }) => [fromMs, returnFraction]))
  return render(
    ['year', ...MONTHS, 'year'],
    years.map(({ fromMs, returnFraction }) => {
      const year = new Date(fromMs).getUTCFullYear()
      const cells = MONTHS.map((_, month) => byStart.get(Date.UTC(year, month)))
      return [
        String(year),
        ...cells.map((value) => (value === undefined ? '' : (value * 100).toFixed(1))),
        (returnFraction * 100).toFixed(1),
      ]
    }),
  )
}

const hourCell = (cell: EntryHour | undefined): string =>
  cell === undefined ? '' : `${cell.pnl.toFixed(2)} (${cell.trades})`

/** Hours without a trade on any day are left out. */
const hourTable = ({ entryHours }: PeriodicTables): string => {
  const cellOf = (weekday: number, hour: number) =>
    entryHours.find((cell) => cell.weekday === weekday && cell.hour === hour)
  const hours = Array.from({ length: HOURS }, (_, hour) => hour).filter((hour) =>
    entryHours.some((cell) => cell.hour === hour),
  )
  return render(
    ['hour', ...WEEKDAYS],
    hours.map((hour) => [
      `${String(hour).padStart(2, '0')}:00`,
      ...WEEKDAYS.map((_, day) => hourCell(cellOf(day + 1, hour))),
    ]),
  )
}

/** Returns by calendar period, and results by the hour and weekday of entry, all UTC. */
export const describeTables = (tables: PeriodicTables): string => {
  const hours = tables.entryHours.length === 0 ? 'no trades\n' : hourTable(tables)
  return `Returns by period (UTC)\n${summaryTable(tables)}Returns by month, percent\n${monthTable(tables)}Profit (and trades) by hour and weekday of entry, UTC\n${hours}`
}
