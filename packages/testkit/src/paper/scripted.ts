import type { BacktestConfig } from '@botcriptofy/engine/backtest'
import type { Effect, VenueEvent } from '@botcriptofy/engine/orders'
import type { BarPrices, PaperTrade, Protection } from '@botcriptofy/engine/paper'
import { PLAIN_CONFIG } from '../bars/index.ts'
import { drivePaper, type PaperRun } from './drive-paper.ts'

/** open, high, low, close and volume (1000 when left out) of a minute bar. */
export type PaperRow = readonly [open: number, high: number, low: number, close: number, volume?: number]

export const paperBars = (rows: readonly PaperRow[], barMs = 60_000): BarPrices[] =>
  rows.map(([open, high, low, close, volume], bar) => ({
    time: bar * barMs,
    open,
    high,
    low,
    close,
    volume: volume ?? 1000,
  }))

export interface Scene {
  readonly rows: readonly PaperRow[]
  readonly protection?: Protection
  /** What changes in PLAIN_CONFIG (1000 quote units, no fees, no slippage, touch rule). */
  readonly config?: Partial<BacktestConfig>
  /** What is decided at the close of which bar. */
  readonly orders: Readonly<Record<number, Effect | readonly Effect[]>>
  /** Detail rows by bar. */
  readonly details?: Readonly<Record<number, readonly PaperRow[]>>
  readonly barMs?: number
}

const asList = (effects: Effect | readonly Effect[] | undefined): readonly Effect[] => {
  if (effects === undefined) return []
  return 'kind' in effects ? [effects] : effects
}

/** Runs orders that are written down by bar. */
export const runScene = (scene: Scene): PaperRun => {
  const { rows, protection = {}, config, orders, details = {}, barMs } = scene
  const bars = paperBars(rows, barMs)
  return drivePaper({
    bars,
    protection,
    config: { ...PLAIN_CONFIG, ...config },
    core: (bar) => asList(orders[bar]),
    childrenOf: (bar) => {
      const children = details[bar]
      if (children === undefined) return undefined
      const step = (barMs ?? 60_000) / children.length
      return paperBars(children, step).map((child) => ({ ...child, time: bars[bar]!.time + child.time }))
    },
  })
}

const shown = (value: number): string => String(Number(value.toFixed(9)))

/** `L 1@100 > 2@96 x1 stop_loss gap`: side, entry, exit, quantity and reason; numbers to nine decimals. */
export const describePaperTrade = (trade: PaperTrade): string => {
  const entry = `${trade.side > 0 ? 'L' : 'S'} ${trade.entryIndex}@${shown(trade.entryPrice)}`
  const exit = `${trade.exitIndex}@${shown(trade.exitPrice)} x${shown(trade.quantity)} ${trade.reason}`
  return `${entry} > ${exit}${trade.gap ? ' gap' : ''}`
}

const describeEvent = (bar: number, event: VenueEvent): string => {
  if (event.kind === 'orderUpdate') {
    return `${bar} ${event.status}${event.status === 'denied' ? ` ${event.code}` : ''}`
  }
  const { leg, quantity, price, reason, held } = event
  return `${bar} ${leg} ${shown(quantity)}@${shown(price)}${reason === null ? '' : ` ${reason}`} held ${shown(held)}`
}

/** All events with their bars: `2 exit 1@110 take_profit held 0`. */
export const describeEvents = ({ events }: PaperRun): string[] =>
  events.flatMap((ofBar, bar) => ofBar.map((event) => describeEvent(bar, event)))
