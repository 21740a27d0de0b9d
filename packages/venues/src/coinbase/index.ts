export { decodeFrame } from './decode.ts'
export { coinbaseProfile } from './profile.ts'
