import { allocateCandles, type Candles } from '@botcriptofy/engine/market'
import type { Rule, Strategy } from '@botcriptofy/engine/strategy'

/** Signal codes that hand-made bars carry as their volume; `codedStrategy` reads them. */
export const SIGNAL = {
  none: 0,
  buy: 1,
  sellShort: 2,
  leaveLong: 3,
  leaveShort: 4,
  buyAndSellShort: 5,
} as const

/** open, high, low, close, and the signal at the close. */
export type BarRow = readonly [open: number, high: number, low: number, close: number, signal?: number]

/** Minute bars from rows; the first opens at epoch 0. */
export const candlesOf = (rows: readonly BarRow[], barMs = 60_000): Candles => {
  const candles = allocateCandles(rows.length, { shared: false })
  rows.forEach(([open, high, low, close, signal], bar) => {
    candles.time[bar] = bar * barMs
    candles.open[bar] = open
    candles.high[bar] = high
    candles.low[bar] = low
    candles.close[bar] = close
    candles.volume[bar] = signal ?? SIGNAL.none
  })
  return candles
}

const isCode = (code: number): Rule => ({ left: 'volume', op: '==', right: code })

type Parts = Partial<Omit<Strategy, 'entry' | 'exit' | 'indicators'>>

/** A strategy that does what the bars' signal codes say, as far as its direction goes; one unit by default. */
export const codedStrategy = (parts: Parts = {}): Strategy => {
  const direction = parts.direction ?? 'long'
  const entry = {
    long: { any: [isCode(SIGNAL.buy), isCode(SIGNAL.buyAndSellShort)] },
    short: { any: [isCode(SIGNAL.sellShort), isCode(SIGNAL.buyAndSellShort)] },
  }
  const exit = { long: isCode(SIGNAL.leaveLong), short: isCode(SIGNAL.leaveShort) }
  return {
    name: 'coded',
    version: 1,
    indicators: {},
    sizing: { kind: 'units', value: 1 },
    ...parts,
    direction,
    entry: direction === 'both' ? entry : { [direction]: entry[direction] },
    exit: direction === 'both' ? exit : { [direction]: exit[direction] },
  }
}
