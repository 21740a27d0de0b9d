/** What one line of a recorded file holds. */
export type CaptureLine =
  | { readonly kind: 'frame'; readonly connection: string; readonly frame: string }
  /** A connection was opened: what was known of the one of that name counts no more. */
  | { readonly kind: 'connect'; readonly connection: string }
  /** Nothing that was received over a socket. */
  | { readonly kind: 'other' }
  | { readonly kind: 'unreadable'; readonly reason: string }

/** Of recordings that do not name their connections. */
const UNNAMED = ''
const OTHER: CaptureLine = { kind: 'other' }

const URL_LINE = /^(?:wss?|https?):\/\/\S+ (<->|<-|->) /
/** A frame may hold line separators of Unicode, which end no line of the file. */
const STAMPED = /^\d+(?:\.\d+)?: (.*)$/s

/**
 * Reads a line of a recording: a raw frame; `<epoch seconds>: <frame>`, between lines of connections and of HTTP; or a
 * record with the frame as text in `data`, of which only those with `t` = `recv` hold what was received.
 */
export const readCaptureLine = (text: string): CaptureLine => {
  const line = text.trim()
  if (line === '') return OTHER
  const arrow = URL_LINE.exec(line)?.[1]
  if (arrow !== undefined) return arrow === '<->' ? { kind: 'connect', connection: UNNAMED } : OTHER
  const stamped = STAMPED.exec(line)?.[1]
  if (stamped !== undefined) return { kind: 'frame', connection: UNNAMED, frame: stamped }
  const value = parsed(line)
  return isRecord(value) ? readRecord(value) : { kind: 'frame', connection: UNNAMED, frame: line }
}

/** Undefined where it is no JSON: as a frame it will be refused with the reason. */
const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

type Record = Partial<{ readonly [key in 't' | 'data' | 'conn']: unknown }>

/** Frames have neither a text `t` (Binance's is a number) nor a text `data`. */
const isRecord = (value: unknown): value is Record =>
  typeof value === 'object' &&
  value !== null &&
  (('t' in value && typeof value.t === 'string') || ('data' in value && typeof value.data === 'string'))

const readRecord = ({ t, data, conn }: Record): CaptureLine => {
  const connection = typeof conn === 'string' || typeof conn === 'number' ? String(conn) : UNNAMED
  if (t === 'connect') return { kind: 'connect', connection }
  if (t !== undefined && t !== 'recv') return OTHER
  if (typeof data === 'string') return { kind: 'frame', connection, frame: data }
  return {
    kind: 'unreadable',
    reason: `data: expected the frame as text, was ${JSON.stringify(data) ?? 'missing'}`,
  }
}
