import type { BookEvent, MarketName } from '@botcriptofy/contracts/stream'
import type { FeedCount } from '../feed/feed-metrics.ts'
import type { VenueName } from '@botcriptofy/venues/catalog'

/** What a thread of books is started with. */
export interface BookThreadSettings {
  readonly venue: VenueName
  readonly webSocketUrl: string
  readonly restUrl: string
  /** Levels of each side that are published. */
  readonly levels: number
  readonly logLevel: string
  /** Where frames are written as they were received; nowhere without it. */
  readonly recordDirectory?: string | undefined
}

export interface NamedMarket {
  readonly market: MarketName
  /** The venue's name for it. */
  readonly native: string
}

export type ToBookThread =
  | { readonly kind: 'follow'; readonly markets: readonly NamedMarket[] }
  | { readonly kind: 'unfollow'; readonly markets: readonly MarketName[] }
  /** The batch before was taken in; the next one may come. */
  | { readonly kind: 'taken' }
  /** The dial that was asked for first may be made. */
  | { readonly kind: 'turn' }
  | { readonly kind: 'close' }

/** `dial` asks for a turn to dial the venue. */
export type FromBookThread = BookBatch | { readonly kind: 'dial' }

/** What has happened since the batch before. */
export interface BookBatch {
  readonly kind: 'batch'
  readonly events: readonly MarketEvents[]
  readonly counts: readonly Count[]
  readonly isUp: boolean
}

export interface MarketEvents {
  readonly market: MarketName
  readonly events: readonly BookEvent[]
}

export interface Count {
  readonly name: FeedCount
  readonly labels: Readonly<Record<string, string>>
  readonly by: number
}
