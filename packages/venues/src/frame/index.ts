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
export {
  inParts,
  type MarketNames,
  type SubscribeRequest,
  type VenueProfile,
  type VenueProtocol,
} from './protocol.ts'
