import { createWriteStream } from 'node:fs'
import { rename, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { computeIndicator, definitionOf } from '@botcriptofy/engine/indicators'
import type { Command } from 'commander'
import { describeGaps, readCandleFile } from '../candle-file/candle-file.ts'
import { BadInput, WorkFailed } from '../failure.ts'
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
  else await writeFile(text, options.out)
}

/** Codes of a path that cannot be written to, as opposed to a disk that fails while writing. */
const UNWRITABLE = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'EPERM', 'EROFS'])

/** Devices and pipes are written to as they are. */
const isOrdinary = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => true,
  )

const writeFile = async (text: Readable, path: string): Promise<void> => {
  // A file that appears whole or not at all: what an interrupt leaves behind must not look finished.
  const part = `${path}.part`
  try {
    if (await isOrdinary(path)) {
      await pipeline(text, createWriteStream(part))
      await rename(part, path)
    } else await pipeline(text, createWriteStream(path))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
    const message = `--out: expected a writable file, was ${path} (${code})`
    throw UNWRITABLE.has(code)
      ? new BadInput(message, { cause: error })
      : new WorkFailed(message, { cause: error })
  }
}
