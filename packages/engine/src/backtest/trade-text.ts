import { MAX_NUMBER_BYTES, writeNumber } from '../kernel/index.ts'
import type { Candles } from '../market/index.ts'
import { EXIT_REASONS, type TradeLog } from '../positions/index.ts'
import { tradeRows } from './trade-rows.ts'

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0))

/** In the order of the keys of `Trade`. */
const KEYS = {
  long: ascii('{"side":"long"'),
  short: ascii('{"side":"short"'),
  entryIndex: ascii(',"entryIndex":'),
  entryTime: ascii(',"entryTime":'),
  entryPrice: ascii(',"entryPrice":'),
  exitIndex: ascii(',"exitIndex":'),
  exitTime: ascii(',"exitTime":'),
  exitPrice: ascii(',"exitPrice":'),
  quantity: ascii(',"quantity":'),
  fees: ascii(',"fees":'),
  pnl: ascii(',"pnl":'),
  returnFraction: ascii(',"returnFraction":'),
  gap: ascii(',"gap":true'),
}
const REASONS = EXIT_REASONS.map((reason) => ascii(`,"exitReason":"${reason}"`))
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const CLOSE_ROW = 0x7d
const COMMA = 0x2c

const FIXED = [...Object.values(KEYS), ...REASONS]
/** More than a row with what stands around it can have. */
const ROW_BYTES = FIXED.reduce((bytes, part) => bytes + part.length + MAX_NUMBER_BYTES, 0)
const CHUNK_BYTES = 65_536

const put = (bytes: Uint8Array, at: number, part: Uint8Array): number => {
  for (let i = 0; i < part.length; i++) bytes[at + i] = part[i]!
  return at + part.length
}

type WriteRow = (bytes: Uint8Array, at: number, row: number) => number

const rowWriter =
  (log: TradeLog, { time }: Candles): WriteRow =>
  (bytes, start, row) => {
    const entry = log.entryIndex[row]!
    const exit = log.exitIndex[row]!
    let at = put(bytes, start, log.side[row]! > 0 ? KEYS.long : KEYS.short)
    at = writeNumber(bytes, put(bytes, at, KEYS.entryIndex), entry)
    at = writeNumber(bytes, put(bytes, at, KEYS.entryTime), time[entry]!)
    at = writeNumber(bytes, put(bytes, at, KEYS.entryPrice), log.entryPrice[row]!)
    at = writeNumber(bytes, put(bytes, at, KEYS.exitIndex), exit)
    at = writeNumber(bytes, put(bytes, at, KEYS.exitTime), time[exit]!)
    at = writeNumber(bytes, put(bytes, at, KEYS.exitPrice), log.exitPrice[row]!)
    at = writeNumber(bytes, put(bytes, at, KEYS.quantity), log.quantity[row]!)
    at = writeNumber(bytes, put(bytes, at, KEYS.fees), log.fees[row]!)
    at = writeNumber(bytes, put(bytes, at, KEYS.pnl), log.pnl[row]!)
    at = writeNumber(bytes, put(bytes, at, KEYS.returnFraction), log.returnFraction[row]!)
    at = put(bytes, at, REASONS[log.exitReason[row]!]!)
    if (log.gap[row] === 1) at = put(bytes, at, KEYS.gap)
    bytes[at] = CLOSE_ROW
    return at + 1
  }

/**
 * The JSON text of `tradeRows`, piece by piece: a string, or ASCII bytes that are overwritten when the next piece is
 * asked for. Written from the columns it takes about two thirds of the time of the rows and their JSON.
 */
export function* tradeText(log: TradeLog, candles: Candles): Generator<string | Uint8Array, void> {
  if (log.funding !== undefined || log.fills !== undefined) {
    yield JSON.stringify(tradeRows(log, candles))
    return
  }
  const writeRow = rowWriter(log, candles)
  const bytes = new Uint8Array(CHUNK_BYTES)
  bytes[0] = OPEN_LIST
  let at = 1
  for (let row = 0; row < log.length; row++) {
    if (row > 0) bytes[at++] = COMMA
    at = writeRow(bytes, at, row)
    if (at + ROW_BYTES > CHUNK_BYTES) {
      yield bytes.subarray(0, at)
      at = 0
    }
  }
  bytes[at++] = CLOSE_LIST
  yield bytes.subarray(0, at)
}
