import type { SymbolNames } from './symbols.ts'

/** Currencies that markets of the venue are quoted in, the longer first where one ends with the other. */
const QUOTES = [
  'FDUSD',
  'RLUSD',
  'USDT',
  'USDC',
  'BUSD',
  'TUSD',
  'USDP',
  'USDS',
  'USD1',
  'EURI',
  'IDRT',
  'BIDR',
  'BKRW',
  'BVND',
  'BTC',
  'ETH',
  'BNB',
  'XRP',
  'TRX',
  'DOGE',
  'DOT',
  'SOL',
  'DAI',
  'PAX',
  'VAI',
  'USD',
  'EUR',
  'GBP',
  'AUD',
  'BRL',
  'TRY',
  'RUB',
  'UAH',
  'NGN',
  'ZAR',
  'JPY',
  'PLN',
  'RON',
  'ARS',
  'MXN',
  'COP',
  'CZK',
  'IDR',
  'KZT',
  'CHF',
  'CAD',
  'AED',
  'THB',
  'U',
]
const KNOWN = new Set(QUOTES)

const SHORTEST_BASE = 3

/**
 * Splits `BTCUSDT` by the currency it ends with, for recorded frames that come without the venue's list of markets.
 * Where two would do, the split that leaves a currency known by itself is taken (BNBUSD is BNB/USD, not BN/BUSD), else one
 * that leaves three letters (BATUSD is BAT/USD, not BA/TUSD).
 */
export const guessSymbols: SymbolNames = {
  toSymbol: (native) => {
    const splits = QUOTES.filter((quote) => native.length > quote.length && native.endsWith(quote)).map(
      (quote) => ({ base: native.slice(0, -quote.length), quote }),
    )
    const split =
      splits.findLast(({ base }) => KNOWN.has(base)) ??
      splits.find(({ base }) => base.length >= SHORTEST_BASE) ??
      splits[0]
    return split === undefined ? undefined : `${split.base}/${split.quote}`
  },
}
