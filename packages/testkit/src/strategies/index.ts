export { gappyCandles } from './gappy-candles.ts'
export { strategyArbitrary, type StrategyTraits } from './strategy-arbitrary.ts'
