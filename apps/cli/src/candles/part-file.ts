import { createReadStream, createWriteStream } from 'node:fs'
import { access, appendFile, copyFile, open, rename, rm, writeFile } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { CSV_HEADER } from '@botcriptofy/engine/market'
import { readCandleFile } from '../candle-file/candle-file.ts'
import type { CandleRow } from './exchange.ts'

/**
 * A candle file under way: plain CSV at `<out>.part` that grows by whole pages, so that a killed download continues
 * where it was. `out` itself is always a whole, valid file.
 */
export interface PartFile {
  readonly path: string
  readonly bars: number
  readonly last: CandleRow | undefined
  readonly append: (rows: readonly CandleRow[]) => Promise<void>
  /** Checks the whole file and puts it in the place of `out`, compressed when that ends in .gz. */
  readonly finish: () => Promise<void>
}

/** Continues the part of an earlier run, else a finished file, else begins a new one. */
export const openPart = async (out: string): Promise<PartFile> => {
  const path = `${out}.part`
  if (await exists(path)) await cutTornLine(path)
  else if (await exists(out)) await copyPlain(out, path)
  if (!(await hasBars(path))) await writeFile(path, `${CSV_HEADER}\n`)
  const { bars, last } = await readState(path)
  return {
    path,
    bars,
    last,
    append: (rows) => appendFile(path, rows.map((row) => `${row.join(',')}\n`).join('')),
    finish: () => finish(path, out),
  }
}

const isGzipName = (path: string): boolean => path.endsWith('.gz')

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

/** A copy appears whole or not at all, because a part that stops early would be continued as if it were right. */
const copyPlain = async (from: string, to: string): Promise<void> => {
  const draft = `${to}.draft`
  if (isGzipName(from)) await pipeline(createReadStream(from), createGunzip(), createWriteStream(draft))
  else await copyFile(from, draft)
  await rename(draft, to)
}

const TAIL_BYTES = 4096

/** A process that was killed while it appended may have left half a line. */
const cutTornLine = async (path: string): Promise<void> => {
  const file = await open(path, 'r+')
  try {
    const { size } = await file.stat()
    const from = Math.max(0, size - TAIL_BYTES)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from)
    await file.truncate(from + buffer.subarray(0, bytesRead).lastIndexOf(10) + 1)
  } finally {
    await file.close()
  }
}

const hasBars = async (path: string): Promise<boolean> => {
  if (!(await exists(path))) return false
  const file = await open(path, 'r')
  try {
    return (await file.stat()).size > CSV_HEADER.length + 2
  } finally {
    await file.close()
  }
}

const readState = async (path: string): Promise<{ bars: number; last: CandleRow | undefined }> => {
  if (!(await hasBars(path))) return { bars: 0, last: undefined }
  const { time, open: opens, high, low, close, volume } = await readCandleFile(path)
  const i = time.length - 1
  return { bars: time.length, last: [time[i]!, opens[i]!, high[i]!, low[i]!, close[i]!, volume[i]!] }
}

const finish = async (path: string, out: string): Promise<void> => {
  await readCandleFile(path)
  if (!isGzipName(out)) {
    await rename(path, out)
    return
  }
  const draft = `${out}.draft`
  await pipeline(createReadStream(path), createGzip(), createWriteStream(draft))
  await rename(draft, out)
  await rm(path)
}
