import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { type Candles, CSV_HEADER } from '@botcriptofy/engine/market'
import { writeWhole } from '../files/write.ts'

const ROWS_PER_PIECE = 4096

/** Writes the candle file of `--out` (contract section 2), compressed when its name ends in .gz. */
export const writeCandleFile = (path: string, candles: Candles): Promise<void> =>
  writeWhole({ path, option: '--out' }, async (draft) => {
    const text = Readable.from(csvPieces(candles))
    const file = createWriteStream(draft)
    await (path.endsWith('.gz') ? pipeline(text, createGzip(), file) : pipeline(text, file))
  })

function* csvPieces({ time, open, high, low, close, volume }: Candles): Generator<string> {
  yield `${CSV_HEADER}\n`
  for (let from = 0; from < time.length; from += ROWS_PER_PIECE) {
    let piece = ''
    for (let i = from; i < Math.min(time.length, from + ROWS_PER_PIECE); i++) {
      piece += `${time[i]},${open[i]},${high[i]},${low[i]},${close[i]},${volume[i]}\n`
    }
    yield piece
  }
}
