export { VENUE_NAMES, type VenueName, VENUES } from './venues.ts'
