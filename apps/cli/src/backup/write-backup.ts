import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { constants, createGzip } from 'node:zlib'
import type { Snapshot } from '@botcriptofy/store/backup'
import { codeOf } from '../files/reason.ts'
import { FIRST_LINE, LENGTH_BYTES, type Manifest, type ManifestTable } from './manifest.ts'

export interface BackupTarget {
  readonly path: string
  readonly product: string
  readonly signal: AbortSignal
  readonly onRows: (done: number, total: number) => void
}

/** Everything of the snapshot in one file, on the disk when this returns; a table at a time goes through memory. */
export const writeBackup = async (snapshot: Snapshot, target: BackupTarget): Promise<Manifest> => {
  // It holds hashes of keys and everybody's rows: for nobody but the owner.
  const handle = await open(target.path, 'w', 0o600)
  try {
    const sink = createSink(handle)
    await sink.append(Buffer.from(FIRST_LINE))
    const tables = await writeTables(snapshot, sink, target)
    const manifest: Manifest = {
      format: 1,
      product: target.product,
      postgres: snapshot.postgres,
      createdAtMs: Date.now(),
      migrations: snapshot.migrations.map(({ name, sha256 }) => ({ name, sha256 })),
      sequences: [...snapshot.sequences],
      tables,
    }
    const text = Buffer.from(JSON.stringify(manifest))
    const length = Buffer.alloc(LENGTH_BYTES)
    length.writeUInt32BE(text.length)
    await sink.append(text)
    await sink.append(length)
    await sink.end()
    await syncToDisk(handle)
    return manifest
  } finally {
    await handle.close()
  }
}

interface Sink {
  readonly append: (bytes: Buffer) => Promise<void>
  readonly position: () => number
  /** Writes the digest of everything before. */
  readonly end: () => Promise<void>
}

const createSink = (handle: FileHandle): Sink => {
  const hash = createHash('sha256')
  let position = 0
  const append = async (bytes: Buffer) => {
    hash.update(bytes)
    position += bytes.length
    await handle.writeFile(bytes)
  }
  return { append, position: () => position, end: () => handle.writeFile(hash.digest()) }
}

const writeTables = async (
  snapshot: Snapshot,
  sink: Sink,
  { signal, onRows }: BackupTarget,
): Promise<ManifestTable[]> => {
  const total = snapshot.tables.reduce((sum, { rows }) => sum + rows, 0)
  const tables: ManifestTable[] = []
  let done = 0
  for (const table of snapshot.tables) {
    const offset = sink.position()
    const hash = createHash('sha256')
    let [bytes, rows] = [0, 0]
    const tally = async function* (pieces: AsyncIterable<Buffer>) {
      for await (const piece of pieces) {
        hash.update(piece)
        bytes += piece.length
        rows += countLines(piece)
        onRows(done + rows, total)
        yield piece
      }
    }
    const store = async (pieces: AsyncIterable<Buffer>) => {
      for await (const piece of pieces) await sink.append(piece)
    }
    const gzip = createGzip({ level: constants.Z_BEST_SPEED })
    await pipeline(snapshot.read(table), tally, gzip, store, { signal })
    if (rows !== table.rows) throw new Error(`${table.name}: expected ${table.rows} rows, was ${rows}`)
    done += rows
    const compressedBytes = sink.position() - offset
    tables.push({
      ...table,
      columns: [...table.columns],
      rows,
      bytes,
      sha256: hash.digest('hex'),
      offset,
      compressedBytes,
    })
  }
  return tables
}

const NEWLINE = 10

/** COPY's text has one line a row; a line break inside a value is written as \n. */
const countLines = (piece: Buffer): number => {
  let lines = 0
  for (let at = piece.indexOf(NEWLINE); at !== -1; at = piece.indexOf(NEWLINE, at + 1)) lines++
  return lines
}

/** A pipe or a terminal has nothing to flush. */
const syncToDisk = (handle: FileHandle): Promise<void> =>
  handle.sync().catch((error: unknown) => {
    const code = codeOf(error)
    if (code !== 'EINVAL' && code !== 'ENOTSUP') throw error
  })
