/** What a feed counts; the names are those of `streamMetrics`. */
export type FeedCount =
  | 'records'
  | 'connects'
  | 'connected'
  | 'disconnects'
  | 'books'
  | 'bookGaps'
  | 'recordedFrames'
  | 'unrecordedFrames'

export interface Tally {
  /** By 1 where nothing else is said. */
  readonly inc: (labels: Readonly<Record<string, string>>, by?: number) => void
}

export type FeedMetrics = Readonly<Record<FeedCount, Tally>>
