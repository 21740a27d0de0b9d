import {
  type BarRow,
  describeTrade,
  runBars,
  type Settings,
  SIGNAL,
  type StrategyParts,
} from '@botcriptofy/testkit/bars'
import { describe, expect, it } from 'vitest'
import { PATH_MODES, type PathMode } from '../paper/index.ts'

const { buy, sellShort } = SIGNAL

type Case = readonly [
  title: string,
  rows: readonly BarRow[],
  parts: StrategyParts,
  settings: Settings,
  trades: readonly string[],
]

const check = (rows: readonly BarRow[], parts: StrategyParts, settings: Settings): string[] =>
  runBars(rows, parts, settings).trades.map(describeTrade)

const QUIET: BarRow = [100, 101, 99, 100]
const BUY: BarRow = [100, 101, 99, 100, buy]
const SELL: BarRow = [100, 101, 99, 100, sellShort]
const stop = { stopLoss: { fraction: 0.04 } }
const target = { takeProfit: { fraction: 0.04 } }
const trail = { trailingStop: { fraction: 0.04 } }
const short = { direction: 'short' as const }

describe('the path inside a bar', () => {
  const stopAndTarget = { stopLoss: { fraction: 0.04 }, takeProfit: { fraction: 0.04 } }
  /** open nearer the high, open nearer the low. */
  const nearHigh: BarRow = [100, 105, 90, 100]
  const nearLow: BarRow = [100, 110, 95, 100]
  const outcomes = (rows: readonly BarRow[], parts: StrategyParts) =>
    Object.fromEntries(PATH_MODES.map((path) => [path, check(rows, parts, { path })[0]?.split(' ')[4]]))

  it.each<readonly [string, readonly BarRow[], StrategyParts, Readonly<Record<PathMode, string>>]>([
    [
      'a long with both levels inside',
      [BUY, QUIET, nearHigh, QUIET],
      stopAndTarget,
      {
        worst: 'stop_loss',
        best: 'take_profit',
        ohlc: 'take_profit',
        olhc: 'stop_loss',
        adaptive: 'take_profit',
        stop_first: 'stop_loss',
      },
    ],
    [
      'the same with the open nearer the low',
      [BUY, QUIET, nearLow, QUIET],
      stopAndTarget,
      {
        worst: 'stop_loss',
        best: 'take_profit',
        ohlc: 'take_profit',
        olhc: 'stop_loss',
        adaptive: 'stop_loss',
        stop_first: 'stop_loss',
      },
    ],
    [
      'a short with both levels inside',
      [SELL, QUIET, nearHigh, QUIET],
      { ...short, ...stopAndTarget },
      {
        worst: 'stop_loss',
        best: 'take_profit',
        ohlc: 'stop_loss',
        olhc: 'take_profit',
        adaptive: 'stop_loss',
        stop_first: 'stop_loss',
      },
    ],
    [
      'both inside the entry bar',
      [BUY, nearHigh, QUIET],
      stopAndTarget,
      {
        worst: 'stop_loss',
        best: 'take_profit',
        ohlc: 'take_profit',
        olhc: 'stop_loss',
        adaptive: 'take_profit',
        stop_first: 'stop_loss',
      },
    ],
  ])('%s', (...[, rows, parts, expected]) => {
    expect(outcomes(rows, parts)).toEqual(expected)
  })

  it.each<Case>([
    [
      'that a coarse tick arms at the open itself fills there, before the path',
      [BUY, QUIET, [103, 106, 101, 104]],
      { trailingStop: { fraction: 0.005, activationFraction: 0.02 } },
      { priceTick: 1, path: 'ohlc' },
      ['L 1@100 > 2@103 trailing_stop gap'],
    ],
    [
      'adaptive takes the low first when both are as near',
      [BUY, [100, 105, 95, 100], QUIET],
      stopAndTarget,
      { path: 'adaptive' },
      ['L 1@100 > 1@96 stop_loss'],
    ],
    [
      'a stop pays slippage on its level',
      [BUY, QUIET, [100, 101, 90, 95], QUIET],
      stop,
      { slippageRate: 0.01 },
      ['L 1@101 > 2@95.9904 stop_loss'],
    ],
    [
      'a stop triggers on touch',
      [BUY, [100, 101, 96, 100], QUIET],
      stop,
      { limitTouch: 'through' },
      ['L 1@100 > 1@96 stop_loss'],
    ],
    [
      'a target fills on touch',
      [BUY, [100, 104, 99, 100], QUIET],
      target,
      {},
      ['L 1@100 > 1@104 take_profit'],
    ],
    [
      'a target that is only touched stays under through',
      [BUY, [100, 104, 99, 100], QUIET],
      target,
      { limitTouch: 'through' },
      ['L 1@100 > 2@100 end_of_data'],
    ],
    [
      'through needs a whole tick',
      [BUY, [100, 104.4, 99, 100], [100, 104.5, 99, 100]],
      target,
      { limitTouch: 'through', priceTick: 0.5 },
      ['L 1@100 > 2@104 take_profit'],
    ],
    [
      'a protective stop of a long rounds up',
      [BUY, [100, 101, 90, 95], QUIET],
      { stopLoss: { fraction: 0.043 } },
      { priceTick: 0.5 },
      ['L 1@100 > 1@96 stop_loss'],
    ],
    [
      'a protective stop of a short rounds down',
      [SELL, [100, 110, 99, 105], QUIET],
      { ...short, stopLoss: { fraction: 0.043 } },
      { priceTick: 0.5 },
      ['S 1@100 > 1@104 stop_loss'],
    ],
    [
      'a selling limit rounds up',
      [BUY, [100, 110, 99, 105], QUIET],
      { takeProfit: { fraction: 0.043 } },
      { priceTick: 0.5 },
      ['L 1@100 > 1@104.5 take_profit'],
    ],
    [
      'a buying limit rounds down',
      [SELL, [100, 101, 90, 95], QUIET],
      { ...short, takeProfit: { fraction: 0.043 } },
      { priceTick: 0.5 },
      ['S 1@100 > 1@95.5 take_profit'],
    ],
    [
      'protection is measured from the fill',
      [BUY, [200, 201, 190, 195], QUIET],
      stop,
      {},
      ['L 1@200 > 1@192 stop_loss'],
    ],
    [
      'protection is measured from the signal close',
      [[100, 101, 99, 99, buy], [100, 101, 90, 95], QUIET],
      stop,
      { protectFrom: 'signal_close' },
      ['L 1@100 > 1@95.04 stop_loss'],
    ],
    [
      'an entry counts after a stop inside the same bar',
      [BUY, [100, 101, 90, 95, buy], [95, 96, 94, 95], QUIET],
      stop,
      { endOfData: 'last_open' },
      ['L 1@100 > 1@96 stop_loss', 'L 2@95 > 3@100 end_of_data'],
    ],
  ])('%s', (...[, rows, parts, settings, trades]) => {
    expect(check(rows, parts, settings)).toEqual(trades)
  })
})

describe('a trailing stop', () => {
  it.each<Case>([
    [
      'is raised by the high and hit by the low of one bar',
      [BUY, [100, 110, 99, 105], QUIET],
      trail,
      {},
      ['L 1@100 > 1@105.6 trailing_stop'],
    ],
    [
      'is hit before it is raised on the other path',
      [BUY, [100, 110, 95, 108], QUIET],
      trail,
      { path: 'olhc' },
      ['L 1@100 > 1@96 trailing_stop'],
    ],
    [
      'takes the level carried in under stop_first',
      [BUY, [100, 110, 97, 105], [105, 106, 105, 106], QUIET],
      trail,
      { path: 'stop_first' },
      ['L 1@100 > 2@105 trailing_stop gap'],
    ],
    [
      'starts at the fill price with slippage',
      [BUY, [100, 100, 96.5, 97], QUIET],
      trail,
      { slippageRate: 0.01 },
      ['L 1@101 > 1@95.9904 trailing_stop'],
    ],
    [
      'is measured from the fill even when protection is not',
      [BUY, [110, 110, 105, 106], QUIET],
      trail,
      { protectFrom: 'signal_close' },
      ['L 1@110 > 1@105.6 trailing_stop'],
    ],
    [
      'of a short follows the low',
      [SELL, [100, 101, 90, 92], [92, 95, 91, 94]],
      { ...short, ...trail },
      { path: 'ohlc' },
      ['S 1@100 > 2@93.6 trailing_stop'],
    ],
    [
      'sleeps until its activation',
      [BUY, [100, 101, 95, 100], [100, 103, 100, 103], [103, 103, 98, 99], QUIET],
      { trailingStop: { fraction: 0.04, activationFraction: 0.02 } },
      {},
      ['L 1@100 > 3@98.88 trailing_stop'],
    ],
    [
      'rounds like a stop',
      [BUY, [100, 110, 99, 105], QUIET],
      trail,
      { priceTick: 0.5 },
      ['L 1@100 > 1@106 trailing_stop'],
    ],
    [
      'wins over the stop when it is nearer',
      [BUY, [100, 104, 100, 104], [104, 104, 90, 95]],
      { ...stop, trailingStop: { fraction: 0.05 } },
      {},
      ['L 1@100 > 2@98.8 trailing_stop'],
    ],
  ])('%s', (...[, rows, parts, settings, trades]) => {
    expect(check(rows, parts, settings)).toEqual(trades)
  })
})
