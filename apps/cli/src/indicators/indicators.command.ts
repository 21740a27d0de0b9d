import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { computeIndicator, definitionOf } from '@botcriptofy/engine/indicators'
import type { Command } from 'commander'
import { describeGaps, readCandleFile } from '../candle-file/candle-file.ts'
import { BadInput } from '../failure.ts'
import { writeWhole } from '../files/write.ts'
import { columnsCsv, type CsvColumn } from './columns-csv.ts'
import { describeIndicators, listIndicators } from './indicator-list.ts'
import { readIndicatorSpec } from './indicator-spec.ts'

interface IndicatorsOptions {
  readonly candles?: string
  readonly spec?: string
  readonly out?: string
  readonly list?: boolean
  readonly json?: boolean
}

export const defineIndicators = (command: Command): void => {
  command
    .option('--candles <file>', 'candles: timestamp,open,high,low,close,volume as CSV, plain or gzip')
    .option('--spec <file>', 'JSON: {"indicators":[{"id","type","params","source"?}, …]}')
    .option('--out <file>', 'write the CSV there instead of standard output')
    .option('--list', 'list every indicator with its parameters and lines instead')
    .option('--json', 'with --list: as one JSON object')
    .action(runIndicators)
}

const runIndicators = async (options: IndicatorsOptions): Promise<void> => {
  if (options.list === true) printList(options)
  else if (options.json === true) throw new BadInput('--json: expected with --list, was alone')
  else await printColumns(options)
}

const printList = ({ candles, spec, out, json }: IndicatorsOptions): void => {
  const beside = Object.entries({ candles, spec, out }).find(([, value]) => value !== undefined)
  if (beside !== undefined) throw new BadInput(`--${beside[0]}: expected without --list, was ${beside[1]}`)
  const indicators = listIndicators()
  process.stdout.write(json === true ? `${JSON.stringify({ indicators })}\n` : describeIndicators(indicators))
}

const required = (value: string | undefined, option: string): string => {
  if (value === undefined) throw new BadInput(`${option}: expected a file (or --list), was missing`)
  return value
}

const printColumns = async (options: IndicatorsOptions): Promise<void> => {
  const candleFile = required(options.candles, '--candles')
  const indicators = await readIndicatorSpec(required(options.spec, '--spec'))
  const candles = await readCandleFile(candleFile)
  const gaps = describeGaps(candles)
  if (gaps !== undefined) process.stderr.write(`${candleFile}: ${gaps}\n`)
  const columns = indicators.flatMap(({ id, spec }): CsvColumn[] => {
    const { lines } = definitionOf(spec)
    const values = computeIndicator(candles, spec)
    return values.map((column, i) => ({
      name: lines.length === 1 ? id : `${id}.${lines[i]}`,
      values: column,
    }))
  })
  const text = Readable.from(columnsCsv(candles.time, columns))
  if (options.out === undefined) await pipeline(text, process.stdout, { end: false })
  else {
    await writeWhole({ path: options.out, option: '--out' }, (path) =>
      pipeline(text, createWriteStream(path)),
    )
  }
}
