import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { BadInput } from '../failure.ts'
import { type GivenFile, unreadable } from '../files/read.ts'
import {
  ANY_FIRST_LINE,
  DIGEST_BYTES,
  FIRST_LINE,
  LENGTH_BYTES,
  type Manifest,
  manifestSchema,
  type ManifestTable,
} from './manifest.ts'

export interface BackupFile {
  readonly manifest: Manifest
  /** The COPY text of a table; fails at its end when it is not what was written. */
  readonly read: (name: string, onBytes: (bytes: number) => void) => Readable
}

interface Watch {
  readonly signal: AbortSignal
  readonly onBytes: (done: number, total: number) => void
}

/** Calls `use` with a backup whose every byte was found to be what was written. */
export const withBackupFile = async <T>(
  file: GivenFile,
  watch: Watch,
  use: (backup: BackupFile) => Promise<T>,
): Promise<T> => {
  let handle: FileHandle
  try {
    handle = await open(file.path)
  } catch (error) {
    throw unreadable(file, error)
  }
  try {
    const manifest = await verify(file, handle, watch)
    return await use({
      manifest,
      read: (name, onBytes) => readTable(handle, requireTable(manifest, name), onBytes),
    })
  } finally {
    await handle.close()
  }
}

const verify = async (file: GivenFile, handle: FileHandle, watch: Watch): Promise<Manifest> => {
  const found = await handle.stat()
  if (!found.isFile()) throw notABackup(file, found.isDirectory() ? 'a folder' : 'not a plain file')
  await requireFirstLine(file, handle)
  const end = found.size - DIGEST_BYTES
  const start = end - LENGTH_BYTES
  if (start < FIRST_LINE.length) throw damaged(file)
  const digest = await readBytes(handle, end, DIGEST_BYTES)
  if (!(await digestOf(handle, end, watch)).equals(digest)) throw damaged(file)
  const length = (await readBytes(handle, start, LENGTH_BYTES)).readUInt32BE()
  if (start - length < FIRST_LINE.length) throw damaged(file)
  const text = await readBytes(handle, start - length, length)
  const parsed = manifestSchema.safeParse(parseJson(text.toString()))
  if (!parsed.success) throw notABackup(file, 'one whose manifest has another shape')
  return parsed.data
}

const requireFirstLine = async (file: GivenFile, handle: FileHandle): Promise<void> => {
  const line = (await readBytes(handle, 0, FIRST_LINE.length)).toString('latin1')
  if (line === FIRST_LINE) return
  if (line !== '' && FIRST_LINE.startsWith(line)) throw damaged(file)
  throw notABackup(
    file,
    line.startsWith(ANY_FIRST_LINE)
      ? `a backup in format ${line.slice(ANY_FIRST_LINE.length).trim()}`
      : 'something else',
  )
}

const notABackup = ({ path, option }: GivenFile, what: string) =>
  new BadInput(`${option}: expected a file that botcriptofy backup wrote, was ${path} (${what})`)

const damaged = (file: GivenFile) => notABackup(file, 'cut off or damaged: its checksum does not match')

const readBytes = async (handle: FileHandle, position: number, length: number): Promise<Buffer> => {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position)
  return buffer.subarray(0, bytesRead)
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON: the schema refuses undefined, and the caller is told.
    return undefined
  }
}

const PIECE = 1 << 18

async function* piecesOf(handle: FileHandle, start: number, end: number): AsyncGenerator<Buffer> {
  for (let at = start; at < end; at += PIECE) yield readBytes(handle, at, Math.min(PIECE, end - at))
}

const digestOf = async (handle: FileHandle, end: number, { signal, onBytes }: Watch): Promise<Buffer> => {
  const hash = createHash('sha256')
  let done = 0
  await pipeline(
    piecesOf(handle, 0, end),
    async (pieces: AsyncIterable<Buffer>) => {
      for await (const piece of pieces) {
        hash.update(piece)
        onBytes((done += piece.length), end)
      }
    },
    { signal },
  )
  return hash.digest()
}

const requireTable = ({ tables }: Manifest, name: string): ManifestTable => {
  const table = tables.find((one) => one.name === name)
  if (table === undefined) throw new Error(`expected a table of the backup, was ${name}`)
  return table
}

const readTable = (handle: FileHandle, table: ManifestTable, onBytes: (bytes: number) => void): Readable => {
  const packed = Readable.from(piecesOf(handle, table.offset, table.offset + table.compressedBytes))
  return Readable.from(checked(packed.compose(createGunzip()), table, onBytes), { objectMode: false })
}

async function* checked(
  pieces: AsyncIterable<Buffer>,
  { name, sha256 }: ManifestTable,
  onBytes: (bytes: number) => void,
) {
  const hash = createHash('sha256')
  for await (const piece of pieces) {
    hash.update(piece)
    onBytes(piece.length)
    yield piece
  }
  const digest = hash.digest('hex')
  if (digest !== sha256) throw new Error(`${name}: expected rows with the sha256 ${sha256}, was ${digest}`)
}
