import { createReadStream } from 'node:fs'
import { describeProblem } from '@botcriptofy/engine/kernel'
import {
  type CandleCsvParser,
  type Candles,
  createCandleCsvParser,
  findGaps,
  looksLikeSeconds,
} from '@botcriptofy/engine/market'
import { BadInput } from '../failure.ts'
import { gzipDamageOf, plainBytes } from '../files/plain-bytes.ts'
import { unreadable } from '../files/read.ts'

const CHUNK_BYTES = 1 << 20

/**
 * Reads a candle file (contract section 2, plain or gzip) piece by piece. A file that cannot be read or breaks a
 * rule is a `BadInput` that names the file (or the option that gave it), the line, what was expected and what it was.
 */
export const readCandleFile = async (path: string, option = '--candles'): Promise<Candles> => {
  const parser = createCandleCsvParser()
  try {
    await parseInto(parser, path)
  } catch (error) {
    throw readFailure(error, path, option)
  }
  const result = parser.end()
  if (!result.ok) throw new BadInput(`${path}: ${describeProblem(result.error)}`)
  warnOfSeconds(path, result.value)
  return result.value
}

/** Bars of milliseconds are allowed, so this refuses nothing. */
const warnOfSeconds = (path: string, candles: Candles): void => {
  if (!looksLikeSeconds(candles)) return
  const first = `${candles.time[0]} is ${new Date(candles.time[0]!).toISOString()}`
  process.stderr.write(`${path}: timestamps look like seconds and are read as milliseconds (${first})\n`)
}

/** One line about the bars missing inside a series; undefined where none are. */
export const describeGaps = (candles: Candles): string | undefined => {
  const { gaps, missing } = findGaps(candles)
  const [first] = gaps
  if (first === undefined) return undefined
  const bars = missing === 1 ? '1 bar is' : `${missing} bars are`
  const places = gaps.length === 1 ? '1 gap' : `${gaps.length} gaps`
  return `${bars} missing in ${places}, the first at ${new Date(first.fromMs).toISOString()}`
}

/** Hands the text over until it ends or the parser has found a fault, which it keeps. */
const parseInto = async (parser: CandleCsvParser, path: string): Promise<void> => {
  // The mark at the start is kept: the parser knows it, and counts characters the same way everywhere.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  for await (const chunk of plainBytes(createReadStream(path, { highWaterMark: CHUNK_BYTES }))) {
    if (parser.push(decoder.decode(chunk, { stream: true })) !== undefined) return
  }
}

const readFailure = (error: unknown, path: string, option: string): unknown => {
  if (!(error instanceof Error) || !('code' in error) || error instanceof BadInput) return error
  const damage = gzipDamageOf(error)
  if (damage !== undefined) return new BadInput(`${path}: expected whole gzip data, was damaged (${damage})`)
  return unreadable({ path, option }, error)
}
