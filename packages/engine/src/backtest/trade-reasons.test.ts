import { randomRun, type RandomRun, stepRunOf } from '@botcriptofy/testkit/random-run'
import { describe, expect, it } from 'vitest'
import { createBarReader, runBar, startRun } from '../bot/index.ts'
import { generateCandles } from '../market/index.ts'
import { DEFAULT_BACKTEST_CONFIG } from '../paper/index.ts'
import { compileStrategy, createSeriesColumns, type Strategy } from '../strategy/index.ts'
import { backtestDetail } from './detail.ts'
import { runBacktest } from './run-backtest.ts'
import { tradeRows } from './trade-rows.ts'

/** The bars whose closes decided, by the bar of the entry: what the reference loop really ordered. */
const decisionsOf = (run: RandomRun) => {
  const { series, config } = run
  const stepRun = stepRunOf(run)
  const state = startRun(stepRun)
  const bars = Math.min(series.candles.time.length, config.rows ?? Infinity)
  const barAt = createBarReader({ ...series, bars })
  const orders = new Map<number, number>()
  const entries = new Map<number, number>()
  const exits = new Map<number, number>()
  for (let bar = 0; bar < bars; bar++) {
    const isSilent = bar < config.signalsFromBar || bar === bars - 1
    if (!runBar(stepRun, state, { bar: barAt(bar), isSilent }).ok) throw new Error('expected sound bars')
    const { position, entries: waiting, exit } = state.account
    for (const { id, eligibleFrom } of waiting) orders.set(id, eligibleFrom - 1 - config.latencyBars)
    if (position === null) continue
    const decided = orders.get(position.entryOrderId)
    if (decided !== undefined) entries.set(position.entryIndex, decided)
    if (exit !== null) exits.set(position.entryIndex, exit.eligibleFrom - 1 - config.latencyBars)
  }
  return { entries, exits }
}

const reasonsOf = ({ program, series, config }: RandomRun) => {
  const columns = createSeriesColumns(series.candles, { barMs: series.barMs })
  const input = { program, series: columns, config, detail: series.detail }
  const result = runBacktest(input)
  const { reasons } = backtestDetail({ input, result })
  return { reasons, trades: tradeRows(result.trades, series.candles) }
}

const CROSS: Strategy = {
  name: 'cross',
  version: 1,
  direction: 'long',
  indicators: {
    fast: { type: 'sma', params: { period: 10 } },
    slow: { type: 'sma', params: { period: 30 } },
  },
  entry: { long: { all: [{ left: 'fast', op: 'crosses_above', right: 'slow' }] } },
  exit: { long: { left: 'fast', op: 'crosses_below', right: 'slow' } },
  sizing: { kind: 'equityFraction', value: 1 },
}

const crossRun = (changes: Partial<Strategy> = {}) => {
  const program = compileStrategy({ ...CROSS, ...changes })
  if (!program.ok) throw new Error('expected a sound strategy')
  const candles = generateCandles({
    seed: 5,
    bars: 1000,
    timeframeMs: 3_600_000,
    startMs: Date.UTC(2023, 0, 1),
    startPrice: 100,
  })
  const input = {
    program: program.value,
    series: createSeriesColumns(candles),
    config: DEFAULT_BACKTEST_CONFIG,
  }
  return { input, result: runBacktest(input) }
}

describe('the reasons of trades', () => {
  it.each([
    ['plain', 40, 200],
    ['featured', 80, 200],
    ['detailed', 15, 40],
  ] as const)('in %s runs are those of the bars at whose closes the core ordered', (kind, runs, least) => {
    let compared = 0
    for (let seed = 1; seed <= runs; seed++) {
      const run = randomRun(seed, kind)
      const { reasons, trades } = reasonsOf(run)
      const { entries, exits } = decisionsOf(run)
      for (const [row, { entry, exit }] of reasons.entries()) {
        const { entryIndex, exitReason } = trades[row]!
        const place = `seed ${seed}, trade ${row}`
        expect(entry?.comparisons.length, `entry of ${place}`).toBeGreaterThan(0)
        if (entries.has(entryIndex)) expect(entry?.bar, `entry of ${place}`).toBe(entries.get(entryIndex))
        if (exitReason !== 'signal' && exitReason !== 'reverse') expect(exit, place).toBeNull()
        else if (exits.has(entryIndex)) expect(exit?.bar, `exit of ${place}`).toBe(exits.get(entryIndex))
        compared++
      }
    }
    expect(compared).toBeGreaterThan(least)
  })

  it('are the comparisons of the rule that fired, with their values at the bar before the fill', () => {
    const { input, result } = crossRun()
    const { reasons } = backtestDetail({ input, result })
    const { candles } = input.series
    const mean = (bar: number, period: number) =>
      candles.close.subarray(bar + 1 - period, bar + 1).reduce((sum, price) => sum + price, 0) / period
    const [first] = tradeRows(result.trades, candles)
    const entry = reasons[0]!.entry!
    expect(entry.bar).toBe(first!.entryIndex - 1)
    expect(entry.more).toBe(0)
    const [cross] = entry.comparisons
    expect([cross!.left.text, cross!.op, cross!.right.text]).toEqual(['fast', 'crosses_above', 'slow'])
    expect(cross!.left.value).toBeCloseTo(mean(entry.bar, 10), 9)
    expect(cross!.left.before).toBeCloseTo(mean(entry.bar - 1, 10), 9)
    expect(cross!.right.value).toBeCloseTo(mean(entry.bar, 30), 9)
    expect(cross!.left.before! <= cross!.right.before! && cross!.left.value! > cross!.right.value!).toBe(true)
  })

  it('show eight comparisons of a rule with many, and how many more there are', () => {
    const wide = {
      all: Array.from({ length: 20 }, (_, at) => ({ left: 'close', op: '>', right: at }) as const),
    }
    const { input, result } = crossRun({ entry: { long: wide } })
    const [first] = backtestDetail({ input, result }).reasons
    expect([first!.entry!.comparisons.length, first!.entry!.more]).toEqual([8, 12])
  })

  it('are left out where the rules have more comparisons than a run has time for', () => {
    const huge = {
      any: Array.from({ length: 1500 }, (_, at) => ({ left: 'close', op: '>', right: at }) as const),
    }
    const { input, result } = crossRun({ entry: { long: huge }, timeExit: { bars: 1 } })
    expect(result.trades.length).toBeGreaterThan(300)
    expect(backtestDetail({ input, result }).reasons.length).toBeLessThan(270)
  })
})
