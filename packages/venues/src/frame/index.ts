export type { BookProtocol, BookResync, BookRule, BookStep } from './book-rule.ts'
export { addDecimals, decimalsOf } from './decimal-sum.ts'
export { type DecodedFrame, errorRecord, type FrameDecoder, guarded, type SequenceBreak } from './decoded.ts'
export {
  decimal,
  field,
  flag,
  instant,
  isObject,
  list,
  oneOf,
  optional,
  signedDecimal,
  text,
  UnreadableFrame,
  wholeNumber,
} from './fields.ts'
export { type BookChanges, createLadder, type Ladder } from './ladder.ts'
export {
  inParts,
  type MarketNames,
  type StreamRequest,
  type VenueProfile,
  type VenueProtocol,
} from './protocol.ts'
export type { CandleRange, Get, TradeRange, Venue, VenueMarket, VenueRest } from './rest.ts'
