import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import { importResult } from '@botcriptofy/contracts/candles'
import type { Command } from 'commander'
import { connect } from '../client/connect.ts'
import { BadInput } from '../failure.ts'
import { openReadStream } from '../files/read.ts'
import { printJson } from '../runs/options.ts'

interface ImportFlags {
  readonly candles: string
  readonly venue: string
  readonly symbol: string
  readonly timeframe: string
  readonly shared?: boolean
  readonly simulated?: boolean
  readonly json?: boolean
}

/** Sends a candle file to the API, as a stream. */
export const addCandleImport = (candles: Command): void => {
  candles
    .command('import')
    .description('Send a candle file to the API')
    .requiredOption('--candles <file>', 'CSV, plain or gzip')
    .requiredOption('--venue <name>', 'where the candles are from')
    .requiredOption('--symbol <symbol>', 'BASE/QUOTE, perpetuals BASE/QUOTE:SETTLE')
    .requiredOption('--timeframe <timeframe>', 'such as 1m, 1h or 1d')
    .option('--shared', 'into the series that all tenants read (operator)')
    .option('--simulated', 'they were made by a generator and not by a market')
    .option('--json', 'print the answer as one JSON object')
    .action(importFile)
}

const importFile = async ({ candles, shared, simulated, json, ...series }: ImportFlags): Promise<void> => {
  const api = connect()
  const query = new URLSearchParams({
    venue: series.venue,
    symbol: series.symbol,
    timeframe: series.timeframe,
    shared: String(shared === true),
    simulated: String(simulated === true),
  })
  const answer = await api.post(`/v1/candles/import?${query}`, { csv: await openCsv(candles) }, importResult)
  if (json === true) return printJson(answer)
  const { inserted, updated, duplicates, gaps, missingBars, digest } = answer
  process.stdout.write(
    `${candles}: ${inserted} bars new, ${updated} replaced, ${duplicates} known; ` +
      `${gaps} gaps with ${missingBars} missing bars; digest ${digest}\n`,
  )
}

const openCsv = async (path: string): Promise<ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer>> => {
  const file = await openReadStream({ path, option: '--candles' })
  if (!path.endsWith('.gz')) return Readable.toWeb(file) as ReadableStream<Uint8Array>
  // Decompressed before it is sent: a broken file is then told from a connection that broke.
  const text = await buffer(file.pipe(createGunzip())).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new BadInput(`${path}: expected whole gzip data, was damaged (${reason})`, { cause })
  })
  return new Uint8Array(text)
}
