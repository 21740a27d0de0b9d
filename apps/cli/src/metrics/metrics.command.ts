import { describeProblem } from '@botcriptofy/engine/kernel'
import { curveMetrics, SERIES_METRIC_KEYS } from '@botcriptofy/engine/metrics'
import { METRIC_DESCRIPTIONS, metricText, reasonText } from '@botcriptofy/report/metric-text'
import Table from 'cli-table3'
import type { Command } from 'commander'
import { BadInput } from '../failure.ts'
import { readTextFile } from '../files/read.ts'
import { NO_RULES } from '../table-style.ts'
import { type EquityCurve, parseEquityCsv } from './equity-csv.ts'

interface MetricsOptions {
  readonly equity: string
  readonly periodsPerYear: number
  readonly riskFreeRate: number
  readonly json?: boolean
}

export const defineMetrics = (command: Command): void => {
  command
    .requiredOption('--equity <file>', 'the curve: timestamp,equity as CSV, one row a UTC day')
    .option('--periods-per-year <number>', 'daily returns in a year', positiveNumber, 365)
    .option('--risk-free-rate <fraction>', 'risk-free return of a year, 0.02 = 2 %', rate, 0)
    .option('--json', 'print one JSON object')
    .action(runMetrics)
}

const runMetrics = async (options: MetricsOptions): Promise<void> => {
  const curve = await readEquityFile(options.equity)
  const { periodsPerYear, riskFreeRate } = options
  const result = curveMetrics({ ...curve, periodsPerYear, riskFreeRate })
  process.stdout.write(options.json === true ? `${JSON.stringify(result)}\n` : `${tableOf(result)}\n`)
}

const readEquityFile = async (path: string): Promise<EquityCurve> => {
  const parsed = parseEquityCsv(await readTextFile({ path, option: '--equity' }))
  if (!parsed.ok) throw new BadInput(`${path}: ${describeProblem(parsed.error)}`)
  return parsed.value
}

const tableOf = ({ metrics, metricReasons }: ReturnType<typeof curveMetrics>): string => {
  const table = new Table({
    head: ['metric', 'value', 'meaning'],
    style: { head: [], border: [] },
    chars: NO_RULES,
  })
  for (const key of SERIES_METRIC_KEYS) {
    const { label, meaning } = METRIC_DESCRIPTIONS[key]
    const value = metrics[key]
    table.push([
      label,
      value === null ? `- (${reasonText(metricReasons[key] ?? '')})` : metricText(key, value),
      meaning,
    ])
  }
  return table.toString()
}

const positiveNumber = (text: string): number => {
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value
  throw new BadInput(`--periods-per-year: expected a number above 0, was ${JSON.stringify(text)}`)
}

const rate = (text: string): number => {
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value) && value > -1) return value
  throw new BadInput(`--risk-free-rate: expected a fraction above -1, was ${JSON.stringify(text)}`)
}
