export { sourceAt } from './source.ts'
export { VENUE_NAMES, type VenueName, VENUES } from './venues.ts'
