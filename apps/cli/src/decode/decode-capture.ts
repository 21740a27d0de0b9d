import type { StreamRecord } from '@botcriptofy/contracts/stream'
import type { DecodedFrame, FrameDecoder } from '@botcriptofy/venues/frame'
import { errorRecord } from '@botcriptofy/venues/frame'
import { readCaptureLine } from './capture-line.ts'

/** What was in the lines so far. */
export interface CaptureCounts {
  frames: number
  events: number
  /** Frames that were not understood. */
  unknown: number
  checksumFailures: number
}

export interface CaptureDecoder {
  readonly counts: Readonly<CaptureCounts>
  /** The events of a line, in the order of time. */
  readonly decodeLine: (line: string) => readonly StreamRecord[]
}

/** Every connection of the recording has a decoder of its own, because some keep what came before. */
export const createCaptureDecoder = (venue: string, createDecoder: () => FrameDecoder): CaptureDecoder => {
  const decoders = new Map<string, FrameDecoder>()
  const counts: CaptureCounts = { frames: 0, events: 0, unknown: 0, checksumFailures: 0 }
  const decoderOf = (connection: string): FrameDecoder => {
    const decoder = decoders.get(connection) ?? createDecoder()
    decoders.set(connection, decoder)
    return decoder
  }
  const count = ({ records, isUnderstood }: DecodedFrame) => {
    counts.frames++
    counts.events += records.length
    if (!isUnderstood) counts.unknown++
    counts.checksumFailures += records.filter(
      (record) => 'checksumOk' in record && record.checksumOk === false,
    ).length
    return records
  }
  const decodeLine = (text: string): readonly StreamRecord[] => {
    const line = readCaptureLine(text)
    switch (line.kind) {
      case 'frame':
        return count(decoderOf(line.connection)(line.frame))
      case 'unreadable':
        return count({ records: [errorRecord(venue, { reason: line.reason })], isUnderstood: false })
      case 'connect':
        decoders.delete(line.connection)
        return []
      case 'other':
        return []
    }
  }
  return { counts, decodeLine }
}
