export type { Precision } from './checksum.ts'
export { createDecoder, type KrakenDecoderOptions } from './decode.ts'
export { krakenProfile } from './profile.ts'
