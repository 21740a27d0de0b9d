/** What surrounds the events of a frame. */
export interface Envelope {
  readonly timeMs: number | null
  /** Counts every frame of the connection, whatever the channel. */
  readonly sequence: number
}
