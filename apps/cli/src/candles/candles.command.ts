import { describeProblem } from '@botcriptofy/engine/kernel'
import { barLengthMs, findGaps, parseTimeframe, resampleCandles } from '@botcriptofy/engine/market'
import { durationText } from '@botcriptofy/report/metric-text'
import type { Command } from 'commander'
import { describeGaps, readCandleFile } from '../candle-file/candle-file.ts'
import { BadInput } from '../failure.ts'
import { requireWritable } from '../files/write.ts'
import { startProgress } from '../progress.ts'
import { downloadCandles } from './download.ts'
import { addCandleImport } from './import.command.ts'
import { parseInstant } from './instant.ts'
import { writeCandleFile } from './write-candle-file.ts'

export const defineCandles = (candles: Command): void => {
  candles
    .command('download')
    .description(
      'Fetch candles of an exchange into a file; the same command continues one that was interrupted',
    )
    .requiredOption('--venue <name>', 'the exchange, as ccxt calls it: binance, kraken, …')
    .requiredOption('--symbol <symbol>', 'BASE/QUOTE, perpetuals BASE/QUOTE:SETTLE')
    .requiredOption('--timeframe <timeframe>', 'such as 1m, 1h or 1d')
    .requiredOption('--from <time>', 'first bar: a UTC date, a UTC time or epoch milliseconds')
    .option('--to <time>', 'end, not included; now when left out')
    .requiredOption('--out <file>', 'a .csv file, or .csv.gz')
    .option(
      '--base-url <url>',
      'another host that speaks the protocol of the exchange, such as the simulator',
    )
    .action(download)
  candles
    .command('check')
    .description('Check a candle file and report its gaps')
    .requiredOption('--candles <file>', 'CSV, plain or gzip')
    .option('--json', 'print the report as one JSON object')
    .action(check)
  candles
    .command('resample')
    .description('Make longer bars from shorter ones')
    .requiredOption('--candles <file>', 'CSV, plain or gzip')
    .requiredOption('--timeframe <timeframe>', 'length of the bars to make')
    .requiredOption('--out <file>', 'a .csv file, or .csv.gz')
    .action(resample)
  addCandleImport(candles)
}

interface DownloadFlags {
  readonly venue: string
  readonly symbol: string
  readonly timeframe: string
  readonly from: string
  readonly to?: string
  readonly out: string
  readonly baseUrl?: string
}

const download = async ({ from, to, ...rest }: DownloadFlags): Promise<void> => {
  const fromMs = parseInstant(from, '--from')
  const toMs = to === undefined ? undefined : parseInstant(to, '--to')
  if (toMs !== undefined && toMs <= fromMs)
    throw new BadInput(`--to: expected a time after ${from}, was ${to}`)
  await requireWritable({ path: rest.out, option: '--out' })
  let progress: ReturnType<typeof startProgress> | undefined
  const onProgress = (done: number, total: number) => {
    progress ??= startProgress(`${rest.venue} ${rest.symbol} ${rest.timeframe}`, total)
    progress.update(Math.floor(done))
  }
  const result = await downloadCandles({ ...rest, fromMs, toMs, onProgress }).finally(() => progress?.stop())
  process.stdout.write(`${rest.out}: ${result.bars} bars, ${result.added} of them new\n`)
  const gaps = describeGaps(await readCandleFile(rest.out))
  if (gaps !== undefined) process.stderr.write(`${rest.out}: ${gaps}\n`)
}

const check = async (options: { readonly candles: string; readonly json?: boolean }): Promise<void> => {
  const candles = await readCandleFile(options.candles)
  const { barMs, gaps, missing } = findGaps(candles)
  const [firstMs, lastMs] = [candles.time[0], candles.time.at(-1)]
  const bars = candles.time.length
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ bars, firstMs, lastMs, barMs, missing, gaps })}\n`)
    return
  }
  const at = (ms: number | undefined) => new Date(ms ?? 0).toISOString()
  const found = describeGaps(candles) ?? 'no gaps'
  process.stdout.write(`${options.candles}: ${bars} bars, ${at(firstMs)} to ${at(lastMs)}; ${found}\n`)
}

const resample = async (options: {
  readonly candles: string
  readonly timeframe: string
  readonly out: string
}): Promise<void> => {
  const toMs = parseTimeframe(options.timeframe, '--timeframe')
  if (!toMs.ok) throw new BadInput(describeProblem(toMs.error))
  await requireWritable({ path: options.out, option: '--out' })
  const candles = await readCandleFile(options.candles)
  const barMs = barLengthMs(candles)
  if (barMs !== undefined && toMs.value % barMs !== 0) {
    const expected = `a multiple of the ${durationText(barMs)} of the bars`
    throw new BadInput(`--timeframe: expected ${expected}, was ${options.timeframe}`)
  }
  const longer = resampleCandles(candles, { toMs: toMs.value })
  if (!longer.ok) throw new BadInput(`${options.candles}: expected two bars or more, was one`)
  await writeCandleFile(options.out, longer.value)
  process.stdout.write(`${options.out}: ${longer.value.time.length} bars\n`)
}
