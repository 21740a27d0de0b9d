import type { Direction, PaperPosition } from './account.ts'
import { liquidationPrice } from './margin.ts'
import type { PaperSetup } from './setup.ts'

interface Level {
  readonly base: number
  /** Distance from it as a fraction; above zero on the side of gains. */
  readonly change: number
}

/** Stops and targets round towards better: a long's up and a short's down, which is up for both in the mirror. */
const levelAt = ({ prices }: PaperSetup, side: Direction, { base, change }: Level): number =>
  side * prices.up(side * base * (1 + side * change))

/** The stop of a position that is measured from `base`. */
export const stopLevel = (setup: PaperSetup, side: Direction, base: number): number | null => {
  const { stopLoss } = setup.protection
  return stopLoss === undefined ? null : levelAt(setup, side, { base, change: -stopLoss.fraction })
}

/** The price from which a limit counts as reached: at it, or beyond it. `order` is 1 for a buy and -1 for a sale. */
export const limitReach = ({ config, prices }: PaperSetup, order: Direction, limit: number): number =>
  config.limitTouch === 'touch' ? limit : -order * prices.beyond(-order * limit)

export const opposite = (side: Direction): Direction => (side > 0 ? -1 : 1)

type Base = Pick<PaperPosition, 'entryPrice' | 'signalClose'>

export const protectionBase = ({ config }: PaperSetup, { entryPrice, signalClose }: Base): number =>
  config.protectFrom === 'fill_price' ? entryPrice : signalClose

/** Measures stop, target, partial targets and liquidation again, from the mean entry price after an entry fill. */
export const armLevels = (setup: PaperSetup, position: PaperPosition): void => {
  const { takeProfit, scaleOut } = setup.protection
  const { side, entryPrice, bought } = position
  const base = protectionBase(setup, position)
  position.stop = stopLevel(setup, side, base)
  position.target =
    takeProfit === undefined ? null : levelAt(setup, side, { base, change: takeProfit.fraction })
  position.liquidation = liquidationPrice(setup.config, position)
  if (scaleOut === undefined) return
  const { quantities } = setup
  position.scaleOuts = scaleOut
    .map(({ fraction, share }) => ({
      price: levelAt(setup, side, { base: entryPrice, change: fraction }),
      quantity: quantities.at(quantities.floorIndex(share * bought)),
    }))
    .filter(({ quantity }) => quantity > 0)
}

/** Places the limits that add to a position, once, from its first fill. */
export const armScaleIns = (
  { protection, prices, quantities }: PaperSetup,
  position: PaperPosition,
): void => {
  const { side, firstPrice, firstQuantity } = position
  position.scaleIns = (protection.scaleIn ?? []).map(({ fraction, size }) => ({
    price: side * prices.down(side * firstPrice * (1 - side * fraction)),
    quantity: quantities.at(quantities.floorIndex(size * firstQuantity)),
  }))
}

const trailAt = (setup: PaperSetup, side: Direction, anchor: number): number =>
  levelAt(setup, side, { base: anchor, change: -(setup.protection.trailingStop?.fraction ?? 0) })

/** Starts trailing at the first fill, or says where it will start. */
export const armTrail = (setup: PaperSetup, position: PaperPosition): void => {
  const { trailingStop } = setup.protection
  if (trailingStop === undefined) return
  const { side, firstPrice } = position
  const activation = trailingStop.activationFraction ?? 0
  if (activation > 0) {
    position.activation = side * (side * firstPrice * (1 + side * activation))
    return
  }
  position.anchor = firstPrice
  position.trail = trailAt(setup, side, firstPrice)
}

/** Whether a price that is reached would move (or start) the trailing stop. */
export const movesTrail = ({ side, activation, anchor }: PaperPosition, price: number): boolean => {
  if (anchor !== null) return side * price > side * anchor
  return activation !== null && side * price >= side * activation
}

/** Moves the trailing stop for a price that was reached; it only ever moves towards better. */
export const ratchet = (setup: PaperSetup, position: PaperPosition, price: number): void => {
  if (!movesTrail(position, price)) return
  const { side, trail } = position
  const level = trailAt(setup, side, price)
  position.anchor = price
  position.activation = null
  position.trail = trail !== null && side * trail > side * level ? trail : level
}

/** Whether the trailing stop is the one that the price meets first; at equal levels it is the stop loss. */
export const isTrailNearer = ({ side, stop, trail }: PaperPosition): boolean =>
  trail !== null && (stop === null || side * trail > side * stop)

/** Widens the range that was seen while the position was open. */
export const see = (position: PaperPosition, price: number): void => {
  if (price < position.low) position.low = price
  if (price > position.high) position.high = price
}
