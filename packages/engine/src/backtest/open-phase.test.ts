import {
  type BarRow,
  describeTrade,
  runBars,
  type Settings,
  SIGNAL,
  type StrategyParts,
} from '@botcriptofy/testkit/bars'
import { describe, expect, it } from 'vitest'

const { buy, sellShort, leaveLong, leaveShort, buyAndSellShort } = SIGNAL

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
const both = { direction: 'both' as const }

describe('market orders', () => {
  it.each<Case>([
    [
      'fill at the next open',
      [BUY, [102, 103, 101, 102, leaveLong], [104, 105, 103, 104]],
      {},
      {},
      ['L 1@102 > 2@104 signal'],
    ],
    [
      'pay slippage on both sides',
      [BUY, [100, 101, 99, 100, leaveLong], QUIET],
      {},
      { slippageRate: 0.01 },
      ['L 1@101 > 2@99 signal'],
    ],
    [
      'of shorts pay slippage too',
      [SELL, [100, 101, 99, 100, leaveShort], QUIET],
      short,
      { slippageRate: 0.01 },
      ['S 1@99 > 2@101 signal'],
    ],
    [
      'round against the trader: buys up, sells down',
      [BUY, [100, 101, 99, 100, leaveLong], QUIET],
      {},
      { slippageRate: 0.003, priceTick: 0.5 },
      ['L 1@100.5 > 2@99.5 signal'],
    ],
    [
      'of shorts round against the trader: sells down, buys up',
      [SELL, [100, 101, 99, 100, leaveShort], QUIET],
      short,
      { slippageRate: 0.003, priceTick: 0.5 },
      ['S 1@99.5 > 2@100.5 signal'],
    ],
    [
      'keep a price that is on the tick but for rounding errors',
      [BUY, [100.1, 101, 99, 100, leaveLong], [100.3, 101, 99, 100]],
      {},
      { priceTick: 0.1 },
      ['L 1@100.1 > 2@100.3 signal'],
    ],
    [
      'are not repeated while in the position',
      [BUY, BUY, [101, 102, 100, 101, leaveLong], QUIET, QUIET],
      {},
      {},
      ['L 1@100 > 3@100 signal'],
    ],
    [
      'need a flat account to enter: exit wins while in a position',
      [BUY, [100, 101, 99, 100, leaveLong], BUY, QUIET, QUIET],
      {},
      {},
      ['L 1@100 > 2@100 signal', 'L 3@100 > 4@100 end_of_data'],
    ],
    [
      'ignore exit signals while flat',
      [[100, 101, 99, 100, leaveLong], BUY, QUIET, QUIET],
      {},
      {},
      ['L 2@100 > 3@100 end_of_data'],
    ],
    ['do not start from the last bar', [QUIET, QUIET, BUY], {}, {}, []],
    [
      'do not start before signalsFromBar',
      [BUY, BUY, QUIET, QUIET],
      {},
      { signalsFromBar: 1 },
      ['L 2@100 > 3@100 end_of_data'],
    ],
    [
      'see only the first rows',
      [BUY, QUIET, [90, 91, 89, 90], QUIET],
      {},
      { rows: 3 },
      ['L 1@100 > 2@90 end_of_data'],
    ],
    [
      'do nothing where both sides would enter',
      [[100, 101, 99, 100, buyAndSellShort], QUIET, QUIET],
      both,
      {},
      [],
    ],
  ])('%s', (...[, rows, parts, settings, trades]) => {
    expect(check(rows, parts, settings)).toEqual(trades)
  })
})

describe('the end of the data', () => {
  const rows: readonly BarRow[] = [BUY, QUIET, [102, 106, 98, 104]]
  it.each<Case>([
    [
      'closes at the last close with slippage',
      rows,
      {},
      { slippageRate: 0.01 },
      ['L 1@101 > 2@102.96 end_of_data'],
    ],
    [
      'closes at the last open with slippage',
      rows,
      {},
      { slippageRate: 0.01, endOfData: 'last_open' },
      ['L 1@101 > 2@100.98 end_of_data'],
    ],
    [
      'runs the last path before it closes at the last open',
      rows,
      { takeProfit: { fraction: 0.05 } },
      { endOfData: 'last_open' },
      ['L 1@100 > 2@105 take_profit'],
    ],
    ['leaves a position without a row', rows, {}, { endOfData: 'leave_open' }, []],
    [
      'closes an entry of the last bar',
      [QUIET, BUY, [102, 106, 98, 104]],
      {},
      {},
      ['L 2@102 > 2@104 end_of_data'],
    ],
  ])('%s', (...[, barRows, parts, settings, trades]) => {
    expect(check(barRows, parts, settings)).toEqual(trades)
  })

  it('marks an open position at the last close', () => {
    const { result } = runBars(rows, {}, { endOfData: 'leave_open' })
    expect(result.finalEquity).toBe(1004)
    expect(result.openPosition).toEqual({ side: 'long', entryIndex: 1, entryPrice: 100, quantity: 1 })
  })
})

describe('stops and targets at the open', () => {
  const held: readonly BarRow[] = [BUY, QUIET]
  const heldThen = (bar: BarRow): BarRow[] => [...held, bar, QUIET]
  const leaving: readonly BarRow[] = [BUY, [100, 101, 99, 100, leaveLong]]
  it.each<Case>([
    [
      'a stop gaps to the open with slippage',
      heldThen([90, 91, 89, 90]),
      stop,
      { slippageRate: 0.01 },
      ['L 1@101 > 2@89.1 stop_loss gap'],
    ],
    ['a stop at the open is a gap', heldThen([96, 97, 95, 96]), stop, {}, ['L 1@100 > 2@96 stop_loss gap']],
    [
      'a short stop gaps upwards',
      [SELL, QUIET, [110, 111, 109, 110], QUIET],
      { ...short, ...stop },
      {},
      ['S 1@100 > 2@110 stop_loss gap'],
    ],
    [
      'a target never fills better than its limit',
      heldThen([110, 111, 109, 110]),
      target,
      {},
      ['L 1@100 > 2@104 take_profit gap'],
    ],
    [
      'a target fills at the open when told so',
      heldThen([110, 111, 109, 110]),
      target,
      { limitGap: 'at_open', slippageRate: 0 },
      ['L 1@100 > 2@110 take_profit gap'],
    ],
    [
      'a short target gaps downwards',
      [SELL, QUIET, [90, 91, 89, 90], QUIET],
      { ...short, ...target },
      { limitGap: 'at_open' },
      ['S 1@100 > 2@90 take_profit gap'],
    ],
    [
      'a target at the open needs a trade beyond it under through',
      heldThen([104, 106, 103, 105]),
      target,
      { limitTouch: 'through' },
      ['L 1@100 > 2@104 take_profit'],
    ],
    [
      'a gapped stop comes before the exit signal',
      [...leaving, [90, 91, 89, 90], QUIET],
      stop,
      {},
      ['L 1@100 > 2@90 stop_loss gap'],
    ],
    [
      'a gapped target yields to the exit signal',
      [...leaving, [110, 111, 109, 110], QUIET],
      target,
      {},
      ['L 1@100 > 2@110 signal'],
    ],
    [
      'the exit signal comes before the path',
      [...leaving, [100, 101, 80, 100], QUIET],
      stop,
      {},
      ['L 1@100 > 2@100 signal'],
    ],
    [
      'a gapped stop lets the reversal enter',
      [BUY, SELL, [90, 91, 89, 90], QUIET],
      { ...both, ...stop },
      {},
      ['L 1@100 > 2@90 stop_loss gap', 'S 2@90 > 3@100 stop_loss gap'],
    ],
    [
      'a gapped target yields to the reversal',
      [BUY, SELL, [110, 111, 109, 110], [110, 111, 109, 110]],
      { ...both, ...target },
      {},
      ['L 1@100 > 2@110 reverse', 'S 2@110 > 3@110 end_of_data'],
    ],
    [
      'a trailing level gaps to the open',
      heldThen([90, 91, 89, 90]),
      trail,
      {},
      ['L 1@100 > 2@90 trailing_stop gap'],
    ],
    [
      'stop_loss wins over trailing_stop at equal levels',
      [BUY, [100, 100, 99, 100], [90, 91, 89, 90], QUIET],
      { ...stop, ...trail },
      {},
      ['L 1@100 > 2@90 stop_loss gap'],
    ],
    [
      'a stop armed above the open fills at once',
      [[100, 101, 99, 100, buy], [95, 97, 94, 96], QUIET],
      stop,
      { protectFrom: 'signal_close', slippageRate: 0.01 },
      ['L 1@95.95 > 1@94.05 stop_loss gap'],
    ],
    [
      'a target armed below the open fills at its limit at once',
      [BUY, [110, 111, 109, 110], QUIET],
      target,
      { protectFrom: 'signal_close' },
      ['L 1@110 > 1@104 take_profit gap'],
    ],
    [
      'a target armed below the open fills at the open when told so',
      [BUY, [110, 111, 109, 110], QUIET],
      target,
      { protectFrom: 'signal_close', limitGap: 'at_open' },
      ['L 1@110 > 1@110 take_profit gap'],
    ],
    [
      'a target armed at the open fills at once even under through',
      [BUY, [104, 104, 103, 104], QUIET],
      target,
      { protectFrom: 'signal_close', limitTouch: 'through' },
      ['L 1@104 > 1@104 take_profit gap'],
    ],
    [
      'a short stop armed below the open fills at once',
      [SELL, [105, 106, 104, 105], QUIET],
      { ...short, ...stop },
      { protectFrom: 'signal_close' },
      ['S 1@105 > 1@105 stop_loss gap'],
    ],
  ])('%s', (...[, rows, parts, settings, trades]) => {
    expect(check(rows, parts, settings)).toEqual(trades)
  })
})
