export { type DecodedFrame, errorRecord, type FrameDecoder, guarded } from './decoded.ts'
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
