export { decodeFrame } from './decode.ts'
export { marketsOf, minutesOf } from './markets.ts'
export { coinbaseProfile } from './profile.ts'
export { coinbaseProtocol } from './protocol.ts'
