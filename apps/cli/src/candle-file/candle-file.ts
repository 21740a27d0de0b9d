import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { describeProblem } from '@botcriptofy/engine/kernel'
import {
  type CandleCsvParser,
  type Candles,
  createCandleCsvParser,
  findGaps,
  looksLikeSeconds,
} from '@botcriptofy/engine/market'
import { BadInput } from '../failure.ts'
import { unreadable } from '../files/read.ts'

const CHUNK_BYTES = 1 << 20

/** The first two bytes of every gzip member (RFC 1952); the content decides, not the file's name. */
const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

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
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES })
  const chunks: AsyncIterator<Buffer> = file.iterator()
  const head = await chunks.next()
  if (head.done === true) return
  const bytes = Readable.from(continued(head.value, chunks))
  let isRefused = false
  const consume = async (source: AsyncIterable<Buffer>) => {
    // The mark at the start is kept: the parser knows it, and counts characters the same way everywhere.
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
    for await (const chunk of source) {
      isRefused = parser.push(decoder.decode(chunk, { stream: true })) !== undefined
      if (isRefused) return
    }
  }
  try {
    await (isGzip(head.value) ? pipeline(bytes, createGunzip(), consume) : pipeline(bytes, consume))
  } catch (error) {
    // A pipeline whose end does not read on may fail for that, which says nothing.
    if (!isRefused) throw error
  }
}

async function* continued(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
}

const readFailure = (error: unknown, path: string, option: string): unknown => {
  if (!(error instanceof Error) || !('code' in error) || error instanceof BadInput) return error
  const code = String(error.code)
  if (code.startsWith('Z_')) {
    return new BadInput(`${path}: expected whole gzip data, was damaged (${error.message})`)
  }
  return unreadable({ path, option }, error)
}
