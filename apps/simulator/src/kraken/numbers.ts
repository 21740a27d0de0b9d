import type { SimulatedMarket } from '../market/market.ts'
import { formatSteps, WIRE_DECIMALS } from '../market/units.ts'

/**
 * Prices and quantities as the venue prints them: numbers of JSON with the pair's decimals, zeros at the end included, which
 * no double can say. Frames are therefore put together as text.
 */
export const wireNumbers = ({ series: { priceDecimals, amountDecimals } }: SimulatedMarket) => ({
  price: (steps: number): string => formatSteps(steps, priceDecimals, priceDecimals),
  qty: (steps: number): string => formatSteps(steps, amountDecimals, WIRE_DECIMALS),
  priceDecimals,
})

/** RFC 3339 with nine decimals. */
export const wireTime = (timeMs: number): string => `${new Date(timeMs).toISOString().slice(0, -1)}000000Z`
