import {
  barOpenAt,
  type Candles,
  createCandleCsvParser,
  foreignBarLength,
  looksLikeSeconds,
  parseTimeframe,
  timeframeText,
} from '@botcriptofy/engine/market'
import { describeProblem, type Problem } from '@botcriptofy/engine/kernel'

/** The candles are not what they should be; nothing of them was stored. */
export class BadCandles extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(describeProblem(problem))
    this.problem = problem
  }
}

/** Reads CSV of contract section 2 from pieces of UTF-8 text or bytes; the first fault is thrown with its line. */
export const readCandleCsv = async (source: AsyncIterable<Uint8Array | string>): Promise<Candles> => {
  const parser = createCandleCsvParser()
  const decoder = new TextDecoder()
  for await (const piece of source) {
    const fault = parser.push(typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true }))
    if (fault !== undefined) throw new BadCandles(fault)
  }
  const result = parser.end()
  if (!result.ok) throw new BadCandles(result.error)
  return result.value
}

/** Length of a bar in ms, or a fault that names the field. */
export const barLengthOf = (timeframe: string): number => {
  const result = parseTimeframe(timeframe, 'timeframe')
  if (!result.ok) throw new BadCandles(result.error)
  return result.value
}

/**
 * The year 2100: stamps in microseconds, as some exchanges publish them, lie far beyond, and a file with a bar in every
 * month of eight thousand years would make as many partitions.
 */
const END_OF_TIME_MS = Date.UTC(2100, 0)

/** Bars open on the grid of their timeframe (weeks on Mondays), else a series would hold bars that overlap. */
export const refuseForeignBars = (candles: Candles, timeframe: string): void => {
  const barMs = barLengthOf(timeframe)
  const { time } = candles
  if (time.length === 0) {
    throw new BadCandles({ path: 'candles', expected: 'at least one bar', actual: 'none' })
  }
  const stray = time.findIndex((openMs) => openMs >= END_OF_TIME_MS || barOpenAt(openMs, barMs) !== openMs)
  if (stray < 0) return
  const openMs = time[stray]!
  // A row is a line and the header is the first.
  const path = `line ${stray + 2}`
  if (openMs >= END_OF_TIME_MS) {
    const expected = 'timestamp in epoch milliseconds, before the year 2100'
    throw new BadCandles({ path, expected, actual: String(openMs) })
  }
  if (looksLikeSeconds(candles)) {
    const expected = 'timestamp in epoch milliseconds'
    throw new BadCandles({ path, expected, actual: `${openMs}, which looks like seconds` })
  }
  const actual = `${openMs} (${new Date(openMs).toISOString()})`
  throw new BadCandles({ path, expected: `the open of a ${timeframe} bar`, actual })
}

/** Longer bars lie on the grid of shorter ones, too; their steps tell. */
export const refuseLongerBars = (candles: Candles, timeframe: string): void => {
  const lengthMs = foreignBarLength(candles, barLengthOf(timeframe))
  if (lengthMs === undefined) return
  const expected = `that of the candles (they open ${timeframeText(lengthMs)}, or a multiple of it, apart)`
  throw new BadCandles({ path: 'timeframe', expected, actual: timeframe })
}
