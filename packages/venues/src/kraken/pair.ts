import { text, UnreadableFrame } from '../frame/index.ts'

const PAIR = /^[^\s:/{}]+\/[^\s:/{}]+$/

/** The venue writes pairs as we do: `BTC/USD`. */
export const pairOf = (from: unknown): string => {
  const symbol = text(from, 'symbol')
  if (!PAIR.test(symbol))
    throw new UnreadableFrame(`symbol: expected BASE/QUOTE, was ${JSON.stringify(symbol)}`)
  return symbol
}
