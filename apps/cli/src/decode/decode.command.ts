import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createDecoder as createBinanceDecoder, guessSymbols } from '@botcriptofy/venues/binance'
import { decodeFrame as decodeCoinbase } from '@botcriptofy/venues/coinbase'
import type { FrameDecoder } from '@botcriptofy/venues/frame'
import { createDecoder as createKrakenDecoder, type Precision } from '@botcriptofy/venues/kraken'
import { type Command, Option } from 'commander'
import { lateProgress } from '../check/late-progress.ts'
import { BadInput } from '../failure.ts'
import { gzipDamageOf } from '../files/plain-bytes.ts'
import { openReadStream } from '../files/read.ts'
import { linesOf } from './capture-file.ts'
import { type CaptureDecoder, createCaptureDecoder } from './decode-capture.ts'
import { readPrecisions } from './precision.ts'

interface DecodeOptions {
  readonly venue: keyof typeof DECODERS
  readonly input: string
  readonly precision: readonly string[]
}

const DECODERS = {
  binance: () => () => createBinanceDecoder(guessSymbols),
  coinbase: () => () => decodeCoinbase,
  kraken: (precisions: ReadonlyMap<string, Precision>) => () => createKrakenDecoder({ precisions }),
} as const satisfies Record<string, (precisions: ReadonlyMap<string, Precision>) => () => FrameDecoder>

export const defineDecode = (command: Command): void => {
  command
    .addOption(
      new Option('--venue <venue>', 'the exchange that sent the frames')
        .choices(Object.keys(DECODERS))
        .makeOptionMandatory(),
    )
    .requiredOption('--input <file>', 'recorded frames, one a line, plain or gzip')
    .option(
      '--precision <pair=price,amount>',
      'decimals of a Kraken pair, as BTC/USD=1,8; repeat it for others. Default: found by the first checksum',
      (value: string, before: readonly string[]) => [...before, value],
      [],
    )
    .addHelpText('after', HELP)
    .action(runDecode)
}

const HELP = `
Prints one normalised event a line as JSON: trades, tickers, candles, books, own orders and fills, balances,
acknowledgements, errors. A frame that cannot be understood is an error event with the reason. Standard error ends with
the counts as JSON. Binance's markets are split by the currency they end with.

A line is a raw frame, "<epoch seconds>: <frame>", or a record with the frame as text in "data".`

const runDecode = async ({ venue, input, precision }: DecodeOptions): Promise<void> => {
  if (precision.length > 0 && venue !== 'kraken') {
    throw new BadInput(`--precision: expected with --venue kraken, was with ${venue}`)
  }
  const capture = createCaptureDecoder(venue, DECODERS[venue](readPrecisions(precision)))
  try {
    await printEvents(capture, input)
  } catch (error) {
    const damage = gzipDamageOf(error)
    if (damage === undefined) throw error
    // What a recorder leaves that was killed; everything before is printed.
    process.stderr.write(`${input}: expected whole gzip data, was damaged (${damage})\n`)
    process.exitCode = 1
  }
  process.stderr.write(`${JSON.stringify(capture.counts)}\n`)
}

const printEvents = async (capture: CaptureDecoder, path: string): Promise<void> => {
  const file = await openReadStream({ path, option: '--input' })
  const { size } = await stat(path)
  const progress = lateProgress('decoding')
  const events = async function* () {
    for await (const line of linesOf(file)) {
      let text = ''
      for (const record of capture.decodeLine(line)) text += `${JSON.stringify(record)}\n`
      if (text !== '') yield text
      progress.update(file.bytesRead, size)
    }
  }
  try {
    await pipeline(Readable.from(events()), process.stdout, { end: false })
  } finally {
    progress.stop()
  }
}
