import type { MarketSource } from '@botcriptofy/contracts/stream'

const LOOPBACK = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** What answers at a URL where the venue has `venueUrl`: itself, on loopback a simulator, or something else. */
export const sourceAt = (url: string, venueUrl: string): MarketSource => {
  const { host, hostname } = new URL(url)
  if (host === new URL(venueUrl).host) return { kind: 'venue', host }
  return { kind: LOOPBACK.test(hostname) ? 'simulator' : 'other', host }
}
