export { withSeed } from './seed.ts'
