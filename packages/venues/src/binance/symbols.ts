import { err, ok, type Problem, type Result } from '@botcriptofy/engine/kernel'
import { field, isObject } from '../frame/index.ts'

export interface SymbolNames {
  /** `BTCUSDT` to `BTC/USDT`. */
  readonly toSymbol: (native: string) => string | undefined
}

/** Binance writes `BTCUSDT`, which cannot be split for certain without its own list of markets. */
export interface SymbolMap extends SymbolNames {
  /** `BTC/USDT` to `BTCUSDT`. */
  readonly toNative: (symbol: string) => string | undefined
  readonly size: number
}

/** Reads the body of `GET /api/v3/exchangeInfo`. */
export const symbolMapFrom = (exchangeInfo: unknown): Result<SymbolMap, Problem> => {
  const rows = field(exchangeInfo, 'symbols')
  if (!Array.isArray(rows)) {
    return err({ path: 'symbols', expected: 'the list of markets', actual: describe(rows) })
  }
  const symbols = new Map<string, string>()
  const natives = new Map<string, string>()
  for (const [index, row] of rows.entries()) {
    const [native, base, quote] = [field(row, 'symbol'), field(row, 'baseAsset'), field(row, 'quoteAsset')]
    if (typeof native !== 'string' || typeof base !== 'string' || typeof quote !== 'string') {
      const expected = 'symbol, baseAsset and quoteAsset as text'
      return err({ path: `symbols[${index}]`, expected, actual: describe(row) })
    }
    symbols.set(native, `${base}/${quote}`)
    natives.set(`${base}/${quote}`, native)
  }
  return ok({
    toSymbol: (native) => symbols.get(native),
    toNative: (symbol) => natives.get(symbol),
    size: symbols.size,
  })
}

const describe = (value: unknown): string =>
  isObject(value) ? JSON.stringify(value).slice(0, 100) : String(value)
