export { readLastValue, readMarkets } from './read-markets.ts'
