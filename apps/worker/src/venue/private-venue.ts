import type { AckRecord, ErrorRecord } from '@botcriptofy/contracts/stream'
import type { FrameDecoder, VenueProfile } from '@botcriptofy/venues/frame'

/** What a venue gave to trade with; never logged. */
export interface Credentials {
  readonly apiKey: string
  readonly secret: string
}

export interface LogOn {
  readonly credentials: Credentials
  /** Epoch ms, as the venue is told it. */
  readonly nowMs: number
  /** The venue's names of the markets whose orders are told. */
  readonly natives: readonly string[]
  readonly restUrl: string
  /** The connection that this is for has ended. */
  readonly signal: AbortSignal
}

/** A frame, and how the venue's answer to it is known. */
export interface LogOnRequest {
  readonly frame: string
  readonly isAnswer: (ack: AckRecord) => boolean
}

/** How to hear of own orders at one venue. */
export interface PrivateVenue {
  readonly profile: VenueProfile
  /** For one connection. */
  readonly createDecoder: (toSymbol: (native: string) => string | undefined) => FrameDecoder
  /** Sent when a connection opens; throws `CredentialsRefused`, or anything else where another try may help. */
  readonly logOn: (options: LogOn) => Promise<readonly LogOnRequest[]>
  /** An answer after which no other try helps: the key is wrong, expired, or may not do this. */
  readonly isRefusal: (error: ErrorRecord) => boolean
}

/** The venue does not take the key: a human has to see to it. */
export class CredentialsRefused extends Error {}
