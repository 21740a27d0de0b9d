export { createDraw, type Draw } from './draw.ts'
export { randomCandles, type RandomSeries } from './random-candles.ts'
export { randomRun, type RandomRun, type RunKind } from './random-run.ts'
