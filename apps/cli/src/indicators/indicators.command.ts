import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { computeIndicator, definitionOf } from '@botcriptofy/engine/indicators'
import type { Command } from 'commander'
import { describeGaps, readCandleFile } from '../candle-file/candle-file.ts'
import { BadInput, WorkFailed } from '../failure.ts'
import { columnsCsv, type CsvColumn } from './columns-csv.ts'
import { readIndicatorSpec } from './indicator-spec.ts'

interface IndicatorsOptions {
  readonly candles: string
  readonly spec: string
  readonly out?: string
}

export const defineIndicators = (command: Command): void => {
  command
    .requiredOption('--candles <file>', 'candles: timestamp,open,high,low,close,volume as CSV, plain or gzip')
    .requiredOption('--spec <file>', 'JSON: {"indicators":[{"id","type","params","source"?}, …]}')
    .option('--out <file>', 'write the CSV there instead of standard output')
    .action(runIndicators)
}

const runIndicators = async (options: IndicatorsOptions): Promise<void> => {
  const indicators = await readIndicatorSpec(options.spec)
  const candles = await readCandleFile(options.candles)
  const gaps = describeGaps(candles)
  if (gaps !== undefined) process.stderr.write(`${options.candles}: ${gaps}\n`)
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

const writeFile = async (text: Readable, path: string): Promise<void> => {
  try {
    await pipeline(text, createWriteStream(path))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
    const message = `--out: expected a writable file, was ${path} (${code})`
    throw UNWRITABLE.has(code)
      ? new BadInput(message, { cause: error })
      : new WorkFailed(message, { cause: error })
  }
}
