import { existsSync } from 'node:fs'
import { symbolName } from '@botcriptofy/contracts/stream'
import { BadInput } from '../failure.ts'

/** A candle file, and the symbol it is of where the option names one. */
export interface CandleSource {
  readonly symbol: string
  readonly path: string
}

/** What `--candles` asks for: the run of one file, or a portfolio of the symbols in their order of priority. */
export type CandleSources =
  | { readonly kind: 'single'; readonly path: string }
  | { readonly kind: 'portfolio'; readonly sources: readonly CandleSource[] }

/** `BASE/QUOTE=FILE`, perpetuals `BASE/QUOTE:SETTLE=FILE`; the path of a file that is there may look alike. */
const namedSource = (value: string): CandleSource | null => {
  const at = value.indexOf('=')
  const [symbol, path] = [value.slice(0, Math.max(0, at)), value.slice(at + 1)]
  if (path === '' || !symbolName.safeParse(symbol).success || existsSync(value)) return null
  return { symbol, path }
}

/** Commander hands over one value after the other. */
export const collectCandles = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
]

/** One plain file, or files that all name their symbols. */
export const parseCandles = (values: readonly string[]): CandleSources => {
  const [first] = values
  if (first !== undefined && values.length === 1 && namedSource(first) === null) {
    return { kind: 'single', path: first }
  }
  const sources = values.map((value) => {
    const source = namedSource(value)
    if (source === null) {
      throw new BadInput(`--candles: expected SYMBOL=FILE such as BTC/USDT=btc.csv, was ${value}`)
    }
    return source
  })
  return { kind: 'portfolio', sources }
}
