import { MAX_NUMBER_BYTES } from '../kernel/index.ts'
import type { Candles } from '../market/index.ts'
import { EXIT_REASONS, type TradeLog } from '../positions/index.ts'
import { fillWriter, fixedText, type Page, putNumber, putText } from './fill-text.ts'
import { tradeRows } from './trade-rows.ts'

/** In the order of the keys of `Trade`. */
const KEYS = {
  long: fixedText('{"side":"long"'),
  short: fixedText('{"side":"short"'),
  entryIndex: fixedText(',"entryIndex":'),
  entryTime: fixedText(',"entryTime":'),
  entryPrice: fixedText(',"entryPrice":'),
  exitIndex: fixedText(',"exitIndex":'),
  exitTime: fixedText(',"exitTime":'),
  exitPrice: fixedText(',"exitPrice":'),
  quantity: fixedText(',"quantity":'),
  fees: fixedText(',"fees":'),
  pnl: fixedText(',"pnl":'),
  returnFraction: fixedText(',"returnFraction":'),
  gap: fixedText(',"gap":true'),
}
const REASONS = EXIT_REASONS.map((reason) => fixedText(`,"exitReason":"${reason}"`))
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const CLOSE_ROW = 0x7d
const COMMA = 0x2c

const FIXED = [...Object.values(KEYS), ...REASONS]
/** More than a row with what stands around it can have. */
const ROW_BYTES = FIXED.reduce((bytes, { length }) => bytes + length + MAX_NUMBER_BYTES, 0)
const PAGE_BYTES = 65_536

const putByte = (page: Page, byte: number): void => page.view.setUint8(page.at++, byte)

/** Writes the row that it is told. */
type WriteRow = (page: Page, log: TradeLog, row: number) => void

const rowWriter = ({ time }: Candles): WriteRow => {
  const { entryIndex, entryTime, entryPrice, exitIndex, exitTime, exitPrice } = KEYS
  const writeEntry = fillWriter({ index: entryIndex, time: entryTime, price: entryPrice }, time)
  const writeExit = fillWriter({ index: exitIndex, time: exitTime, price: exitPrice }, time)
  return (page, log, row) => {
    putText(page, log.side[row]! > 0 ? KEYS.long : KEYS.short)
    writeEntry(page, { index: log.entryIndex, price: log.entryPrice }, row)
    writeExit(page, { index: log.exitIndex, price: log.exitPrice }, row)
    putText(page, KEYS.quantity)
    putNumber(page, log.quantity, row)
    putText(page, KEYS.fees)
    putNumber(page, log.fees, row)
    putText(page, KEYS.pnl)
    putNumber(page, log.pnl, row)
    putText(page, KEYS.returnFraction)
    putNumber(page, log.returnFraction, row)
    putText(page, REASONS[log.exitReason[row]!]!)
    if (log.gap[row] === 1) putText(page, KEYS.gap)
    putByte(page, CLOSE_ROW)
  }
}

/**
 * The JSON text of `tradeRows`, piece by piece: a string, or ASCII bytes that are overwritten when the next piece is
 * asked for.
 */
export type TradeText = (log: TradeLog) => Generator<string | Uint8Array, void>

/** For the runs on one series. What repeats between them is kept, which takes 6 MB from the first run on. */
export const createTradeText = (candles: Candles): TradeText => {
  let kept: { readonly writeRow: WriteRow; readonly view: DataView } | undefined
  return function* (log) {
    if (log.funding !== undefined || log.fills !== undefined) {
      yield JSON.stringify(tradeRows(log, candles))
      return
    }
    kept ??= { writeRow: rowWriter(candles), view: new DataView(new ArrayBuffer(PAGE_BYTES)) }
    const page: Page = { view: kept.view, at: 0 }
    const bytes = new Uint8Array(page.view.buffer)
    putByte(page, OPEN_LIST)
    for (let row = 0; row < log.length; row++) {
      if (row > 0) putByte(page, COMMA)
      kept.writeRow(page, log, row)
      if (page.at + ROW_BYTES > PAGE_BYTES) {
        yield bytes.subarray(0, page.at)
        page.at = 0
      }
    }
    putByte(page, CLOSE_LIST)
    yield bytes.subarray(0, page.at)
  }
}
