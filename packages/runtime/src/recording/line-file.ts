import { type FileHandle, open } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

const pack = promisify(gzip)
const FLUSH_MS = 1000
/** Of text that waits for the disk. */
const MOST_WAITING = 16_000_000
/** So much is packed without waiting for the second to end. */
const FLUSH_AT = 1_000_000

export interface LineFileOptions {
  readonly path: string
  readonly flushMs?: number
  /** UTF-16 units that may wait for the disk. */
  readonly mostWaiting?: number
  /** Told once; nothing is written after it. */
  readonly onFailure: (error: unknown) => void
}

/**
 * A growing gzip file of lines. Every second's lines are a gzip member of their own (RFC 1952), so that a process that is
 * killed leaves a file that can be read up to its last second.
 */
export interface LineFile {
  /** False where the line is dropped: too much waits, or the file has failed. */
  readonly add: (line: string) => boolean
  /** Size of the file so far. */
  readonly bytes: () => number
  /** Writes what waits. Never throws. */
  readonly close: () => Promise<void>
}

export const openLineFile = (options: LineFileOptions): LineFile => {
  const { path, flushMs = FLUSH_MS, mostWaiting = MOST_WAITING, onFailure } = options
  let lines: string[] = []
  let waiting = 0
  let bytes = 0
  let file: FileHandle | undefined
  let hasFailed = false
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> | undefined

  const write = async () => {
    while (lines.length > 0 && !hasFailed) {
      const taken = lines
      const size = waiting
      lines = []
      try {
        const member = await pack(`${taken.join('\n')}\n`)
        file ??= await open(path, 'a')
        await file.appendFile(member)
        bytes += member.length
        waiting -= size
      } catch (error) {
        hasFailed = true
        onFailure(error)
      }
    }
  }
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    return (writing ??= write().finally(() => (writing = undefined)))
  }
  return {
    bytes: () => bytes,
    add: (line) => {
      if (hasFailed || waiting + line.length > mostWaiting) return false
      lines.push(line)
      waiting += line.length
      if (waiting >= FLUSH_AT) void flush()
      else timer ??= setTimeout(() => void flush(), flushMs)
      return true
    },
    close: async () => {
      await flush()
      // What came while the last write was under way.
      await flush()
      await file?.close().catch(onFailure)
    },
  }
}
