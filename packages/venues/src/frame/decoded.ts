import type { ErrorRecord, StreamRecord } from '@botcriptofy/contracts/stream'
import { UnreadableFrame } from './fields.ts'

/** What one frame says, in the venue's order of time. A frame that was not understood is one error record. */
export interface DecodedFrame {
  readonly records: readonly StreamRecord[]
  readonly isUnderstood: boolean
  /** There where the venue numbers the frames of a connection, and this one does not follow the one before. */
  readonly sequenceBreak?: SequenceBreak
}

export interface SequenceBreak {
  readonly expected: number
  readonly actual: number
}

/** Normalises one text frame of a connection. Never throws; one that keeps books is made anew for every connection. */
export type FrameDecoder = (frame: string) => DecodedFrame

const SHOWN_CHARACTERS = 100

/** Turns what a decoder throws over a frame into an error record with the reason. */
export const guarded = (venue: string, decode: (frame: string) => readonly StreamRecord[]): FrameDecoder => {
  const unreadable = (reason: string): DecodedFrame => ({
    records: [errorRecord(venue, { reason })],
    isUnderstood: false,
  })
  return (frame) => {
    try {
      return { records: decode(frame), isUnderstood: true }
    } catch (error) {
      if (error instanceof UnreadableFrame) return unreadable(error.message)
      if (error instanceof SyntaxError) return unreadable(`not JSON: ${frame.slice(0, SHOWN_CHARACTERS)}`)
      throw error
    }
  }
}

/** The words of an error record that are left out are null. */
export const errorRecord = (
  venue: string,
  error: { readonly reason: string } & Partial<Pick<ErrorRecord, 'symbol' | 'code' | 'requestId'>>,
): ErrorRecord => ({
  type: 'error',
  venue,
  symbol: null,
  exchangeTimeMs: null,
  code: null,
  requestId: null,
  ...error,
})
