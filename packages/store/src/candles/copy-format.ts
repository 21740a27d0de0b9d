import { allocateCandles, CANDLE_COLUMNS, type Candles } from '@botcriptofy/engine/market'

// PostgreSQL's binary COPY format: a signature, flags and an extension length; a row is an int16 count of fields, each
// an int32 length and its bytes, big-endian; an int16 of -1 ends it.
const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const TRAILER = Buffer.from([0xff, 0xff])

/** int16 + (int32 + uuid) + (int32 + int8) + 5 × (int32 + float8) */
const WRITTEN_ROW = 2 + 20 + 12 + 5 * 12
/** int16 + 6 × (int32 + float8): the reader asks for the time as a float8. */
const READ_ROW = 2 + 6 * 12

const ROWS_PER_PIECE = 4096
const TWO_POW_32 = 2 ** 32

/** Rows (series_id uuid, open_ms int8, open, high, low, close, volume float8) for `COPY … FROM STDIN (FORMAT binary)`. */
export function* encodeRows(seriesId: string, candles: Candles): Generator<Buffer> {
  const id = Buffer.from(seriesId.replaceAll('-', ''), 'hex')
  yield HEADER
  for (let from = 0; from < candles.time.length; from += ROWS_PER_PIECE) {
    const rows = Math.min(ROWS_PER_PIECE, candles.time.length - from)
    const piece = Buffer.allocUnsafe(rows * WRITTEN_ROW)
    const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength)
    for (let row = 0, at = 0; row < rows; row++, at += WRITTEN_ROW) {
      view.setInt16(at, 7)
      view.setInt32(at + 2, 16)
      piece.set(id, at + 6)
      const time = candles.time[from + row]!
      view.setInt32(at + 22, 8)
      view.setInt32(at + 26, Math.floor(time / TWO_POW_32))
      view.setUint32(at + 30, time % TWO_POW_32)
      for (let column = 1; column < CANDLE_COLUMNS.length; column++) {
        const field = at + 22 + column * 12
        view.setInt32(field, 8)
        view.setFloat64(field + 4, candles[CANDLE_COLUMNS[column]!][from + row]!)
      }
    }
    yield piece
  }
  yield TRAILER
}

export interface RowDecoder {
  /** Takes the next bytes, cut anywhere. */
  readonly push: (bytes: Buffer) => void
  /** The bars; throws when the bytes ended early. */
  readonly end: (options: { readonly shared: boolean }) => Candles
}

const BLOCK_ROWS = 65_536

/** Reads rows of six float8 (time first) of `COPY … TO STDOUT (FORMAT binary)` into columns. */
export const createRowDecoder = (): RowDecoder => {
  const blocks: Float64Array[] = []
  let rows = 0
  let pending: Buffer = Buffer.alloc(0)
  let skip = HEADER.length
  let isEnded = false

  const decode = (bytes: Buffer, start: number): number => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let at = start
    for (; at + READ_ROW <= bytes.length; at += READ_ROW) {
      if (view.getInt16(at) !== 6) break
      const inBlock = rows % BLOCK_ROWS
      if (inBlock === 0) blocks.push(new Float64Array(BLOCK_ROWS * 6))
      const block = blocks[blocks.length - 1]!
      for (let column = 0; column < 6; column++) {
        block[column * BLOCK_ROWS + inBlock] = view.getFloat64(at + 6 + column * 12)
      }
      rows++
    }
    if (bytes.length - at >= 2 && view.getInt16(at) === -1) isEnded = true
    return at
  }

  const push = (bytes: Buffer): void => {
    const whole = pending.length === 0 ? bytes : Buffer.concat([pending, bytes])
    if (whole.length < skip) {
      pending = whole
      return
    }
    const at = decode(whole, skip)
    skip = 0
    pending = whole.subarray(at)
  }

  const end = (options: { readonly shared: boolean }): Candles => {
    if (!isEnded)
      throw new Error(
        `expected the end mark of a binary COPY, was ${pending.length} bytes after ${rows} rows`,
      )
    const candles = allocateCandles(rows, options)
    for (const [index, block] of blocks.entries()) {
      const from = index * BLOCK_ROWS
      const count = Math.min(BLOCK_ROWS, rows - from)
      for (const [column, name] of CANDLE_COLUMNS.entries()) {
        candles[name].set(block.subarray(column * BLOCK_ROWS, column * BLOCK_ROWS + count), from)
      }
    }
    return candles
  }
  return { push, end }
}
