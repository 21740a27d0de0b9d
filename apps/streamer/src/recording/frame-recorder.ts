import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Log } from '@botcriptofy/runtime/log'
import { type LineFile, openLineFile } from '@botcriptofy/runtime/recording'
import type { Tally } from '../feed/feed-metrics.ts'

const HOUR_MS = 3_600_000
const MOST_FILE_BYTES = 64_000_000

export interface FrameRecorderOptions {
  /** Made where it is missing. */
  readonly directory: string
  readonly metrics: Readonly<Record<'recordedFrames' | 'unrecordedFrames', Tally>>
  readonly log: Log
  /** A file that is larger is followed by another. */
  readonly mostFileBytes?: number
}

/** What one connection receives. */
export interface FrameRecording {
  readonly opened: (url: string) => void
  readonly frame: (text: string) => void
  /** Writes what waits. */
  readonly close: () => Promise<void>
}

export interface FrameRecorder {
  readonly open: (venue: string) => FrameRecording
}

/**
 * Writes every frame as it was received, a file for each connection and hour, in the form that `botcriptofy decode` reads.
 * It never holds up the streaming: what finds no room is counted and told in the file, and a disk that fails ends the
 * recording until the process starts again.
 */
export const createFrameRecorder = (options: FrameRecorderOptions): FrameRecorder => {
  const { directory, metrics, log, mostFileBytes = MOST_FILE_BYTES } = options
  mkdirSync(directory, { recursive: true })
  let hasFailed = false
  const onFailure = (error: unknown) => {
    if (!hasFailed) log.error({ err: error, directory }, 'recording has stopped; streaming goes on')
    hasFailed = true
  }
  const openFile = (name: string): LineFile => openLineFile({ path: join(directory, name), onFailure })
  const open = (venue: string): FrameRecording => {
    const conn = `${venue}-${randomBytes(4).toString('hex')}`
    const files = rotate({ prefix: conn, openFile, mostFileBytes })
    let lost = 0
    const add = (record: object): boolean => {
      const ms = Date.now()
      const file = hasFailed ? undefined : files.at(ms)
      const isKept = file?.add(JSON.stringify({ ...record, conn, venue, ts: ms / 1000 })) === true
      metrics[isKept ? 'recordedFrames' : 'unrecordedFrames'].inc({ venue })
      return isKept
    }
    return {
      opened: (url) => void add({ t: 'connect', addr: url }),
      frame: (data) => {
        if (lost > 0 && add({ t: 'lost', frames: lost })) lost = 0
        if (!add({ t: 'recv', data })) lost += 1
      },
      close: files.close,
    }
  }
  return { open }
}

/** `binance-1f2e3d4c-20261123T09-0.jsonl.gz`: the hour in UTC, and a number for each further file of it. */
const rotate = (of: {
  readonly prefix: string
  readonly openFile: (name: string) => LineFile
  readonly mostFileBytes: number
}) => {
  let current: { readonly hour: number; readonly part: number; readonly file: LineFile } | undefined
  let closing = Promise.resolve()
  const end = () => {
    const file = current?.file
    current = undefined
    if (file !== undefined) closing = Promise.all([closing, file.close()]).then(() => undefined)
  }
  return {
    at: (ms: number): LineFile => {
      const hour = Math.floor(ms / HOUR_MS)
      if (current?.hour === hour && current.file.bytes() < of.mostFileBytes) return current.file
      const part = current?.hour === hour ? current.part + 1 : 0
      end()
      const stamp = new Date(ms).toISOString().slice(0, 13).replaceAll('-', '')
      const file = of.openFile(`${of.prefix}-${stamp}-${part}.jsonl.gz`)
      current = { hour, part, file }
      return file
    },
    close: async () => {
      end()
      await closing
    },
  }
}
