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
  if (position === null || !isAtRest(account, position) || paysFunding(config)) return from
  const { side, quantity } = position
  const floor = signedFloor(position)
  const ceiling = signedCeiling(position)
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
