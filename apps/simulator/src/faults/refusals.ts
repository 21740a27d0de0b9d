import type { FaultOrder, SimulatedVenue } from './fault-order.ts'

interface Refused {
  readonly status: number
  readonly body: string | object
  readonly isHtml?: boolean
}

const PAGE = '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>'

const RATE_LIMITED: Readonly<Record<SimulatedVenue, Refused>> = {
  binance: {
    status: 429,
    body: {
      code: -1003,
      msg: 'Too much request weight used; current limit is 6000 request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.',
    },
  },
  coinbase: { status: 429, body: { errors: [{ id: 'rate_limit_exceeded', message: 'Too many requests' }] } },
  kraken: { status: 429, body: { error: ['EAPI:Rate limit exceeded'] } },
}

const UNAVAILABLE: Readonly<Record<SimulatedVenue, Refused>> = {
  binance: {
    status: 503,
    body: {
      code: -1008,
      msg: 'Server is currently overloaded with other requests. Please try again in a few minutes.',
    },
  },
  coinbase: { status: 503, body: { error: 'UNAVAILABLE', message: 'Service Unavailable' } },
  kraken: { status: 200, body: { error: ['EService:Busy'] } },
}

const MAINTENANCE: Readonly<Record<SimulatedVenue, Refused>> = {
  binance: { status: 503, body: { code: 1, msg: 'System is under maintenance.' } },
  coinbase: UNAVAILABLE.coinbase,
  kraken: { status: 200, body: { error: ['EService:Unavailable'] } },
}

export const maintenanceAnswer = (venue: SimulatedVenue): Refused => MAINTENANCE[venue]

/** Binance's word for an order that may have been taken. */
export const outcomeUnknown = JSON.stringify({
  code: -1007,
  msg: 'Timeout waiting for response from backend server. Send status unknown; execution status unknown.',
})

/** What the exchange answers to a request that it does not obey. */
export const refusalOf = ({ venue, fault, retryAfterSeconds }: FaultOrder): Refused => {
  switch (fault) {
    case 'rateLimit':
      return RATE_LIMITED[venue]
    case 'ban': {
      const untilMs = Date.now() + retryAfterSeconds * 1000
      const msg = `Way too much request weight used; IP banned until ${untilMs}. Please use WebSocket Streams for live updates to avoid bans.`
      return { status: 418, body: { code: -1003, msg } }
    }
    case 'unavailable':
      return UNAVAILABLE[venue]
    case 'badGateway':
      return { status: 502, body: PAGE, isHtml: true }
    default:
      return { status: 200, body: PAGE.replaceAll('502 Bad Gateway', 'Just a moment'), isHtml: true }
  }
}
