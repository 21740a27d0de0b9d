import type { Candles } from '../market/index.ts'
import type { PaperAccount, PaperPosition } from './account.ts'
import type { BacktestConfig } from './config.ts'

export interface QuietStretch {
  readonly candles: Candles
  /** Bars [from, to) that may be passed over. */
  readonly from: number
  readonly to: number
  /** One byte a bar; the first bar with a bit of `mask` is the last that is passed over. */
  readonly flags: Uint8Array
  readonly mask: number
  /** Receives the equity of the bars passed over. */
  readonly equity: Float64Array
}

const isAtRest = ({ entries, exit, cancels }: PaperAccount, { closing }: PaperPosition): boolean =>
  entries.length === 0 && cancels.length === 0 && exit === null && closing === null

const paysFunding = ({ fundingRate, fundingRates }: BacktestConfig): boolean =>
  fundingRate !== 0 || fundingRates !== null

/** The nearest level below a long (above a short) at which something may happen; in signed prices. */
const signedFloor = ({ side, liquidation, stop, trail, scaleIns }: PaperPosition): number => {
  let floor = -Infinity
  const raise = (level: number | null): void => {
    if (level !== null && side * level > floor) floor = side * level
  }
  raise(liquidation)
  raise(stop)
  raise(trail)
  for (const { price } of scaleIns) raise(price)
  return floor
}

/** The nearest level above a long (below a short) at which something may happen; in signed prices. */
const signedCeiling = ({ side, target, scaleOuts, activation, anchor }: PaperPosition): number => {
  let ceiling = Infinity
  const lower = (level: number | null): void => {
    if (level !== null && side * level < ceiling) ceiling = side * level
  }
  lower(target)
  lower(activation)
  lower(anchor)
  for (const { price } of scaleOuts) lower(price)
  return ceiling
}

/** Signed prices between which a held position meets nothing. */
export interface QuietRange {
  readonly floor: number
  readonly ceiling: number
}

/** Null where nothing is held, an order is under way or funding may accrue. It lasts as long as the bars are quiet. */
export const quietRange = (config: BacktestConfig, account: PaperAccount): QuietRange | null => {
  const { position } = account
  if (position === null || !isAtRest(account, position) || paysFunding(config)) return null
  return { floor: signedFloor(position), ceiling: signedCeiling(position) }
}

/** Folds one bar in which the position stays within its range; false leaves it. Equity is not looked at. */
export const passQuietBar = (
  account: PaperAccount,
  { floor, ceiling }: QuietRange,
  { candles, bar }: { readonly candles: Candles; readonly bar: number },
): boolean => {
  const { position } = account
  if (position === null) return false
  const high = candles.high[bar]!
  const low = candles.low[bar]!
  const isLong = position.side > 0
  if ((isLong ? low : -high) <= floor || (isLong ? high : -low) >= ceiling) return false
  if (low < position.low) position.low = low
  if (high > position.high) position.high = high
  account.lastTime = candles.time[bar]!
  return true
}

/**
 * Folds bars in which a held position meets no level, as `fillBar` would one by one, and returns the first that it
 * left. It leaves all of them where an order is under way or funding may accrue.
 */
export const passQuietBars = (
  config: BacktestConfig,
  account: PaperAccount,
  { candles, from, to, flags, mask, equity }: QuietStretch,
): number => {
  const { position, cash } = account
  const range = quietRange(config, account)
  if (position === null || range === null) return from
  const { side, quantity } = position
  const { floor, ceiling } = range
  const { high, low, close } = candles
  let bar = from
  while (bar < to) {
    const adverse = side > 0 ? low[bar]! : -high[bar]!
    const favourable = side > 0 ? high[bar]! : -low[bar]!
    if (adverse <= floor || favourable >= ceiling) break
    const marked = cash + quantity * (side * close[bar]!)
    if (!(marked > 0)) break
    if (low[bar]! < position.low) position.low = low[bar]!
    if (high[bar]! > position.high) position.high = high[bar]!
    equity[bar] = marked
    if ((flags[bar++]! & mask) !== 0) break
  }
  if (bar > from) account.lastTime = candles.time[bar - 1]!
  return bar
}
