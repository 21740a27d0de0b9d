import { describe, expect, it } from 'vitest'
import {
  createRiskBudget,
  denyEntry,
  markBudget,
  NO_RISK_LIMITS,
  recordExit,
  type RiskBudget,
  type RiskLimits,
} from './index.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

const clockOf = (limits: Partial<RiskLimits>) => ({ limits: { ...NO_RISK_LIMITS, ...limits }, barMs: HOUR })
const entry = (timeMs: number, notional = 100, openNotional: Record<string, number> = {}) => ({
  symbol: 'A/USD',
  timeMs,
  notional,
  openNotional,
  equity: 1000,
})
const stopAt = (timeMs: number, pnl = -10) => ({
  symbol: 'A/USD',
  timeMs,
  reason: 'stop_loss' as const,
  pnl,
})

describe('denyEntry', () => {
  it('allows everything without limits', () => {
    const clock = clockOf({})
    expect(denyEntry(createRiskBudget(1000), clock, entry(0, 1e9, { B: 1e9 }))).toBeNull()
  })

  it.each<readonly [Partial<RiskLimits>, number, Record<string, number>, string | null]>([
    [{ maxOpenPositions: 2 }, 1, { B: 1 }, null],
    [{ maxOpenPositions: 2 }, 1, { B: 1, C: 1 }, 'MAX_OPEN_POSITIONS'],
    [{ maxOpenPositions: 2 }, 1, { B: 1, 'A/USD': 1 }, null],
    [{ maxExposureFraction: 0.5 }, 300, { B: 200 }, null],
    [{ maxExposureFraction: 0.5 }, 301, { B: 200 }, 'MAX_EXPOSURE'],
    [{ maxSymbolExposureFraction: 0.2 }, 200, {}, null],
    [{ maxSymbolExposureFraction: 0.2 }, 101, { 'A/USD': 100 }, 'MAX_SYMBOL_EXPOSURE'],
    [{ maxSymbolExposureFraction: 0.2 }, 200, { B: 900 }, null],
  ])('with %j an entry of %d beside %j is answered %j', (limits, notional, open, code) => {
    expect(denyEntry(createRiskBudget(1000), clockOf(limits), entry(0, notional, open))).toBe(code)
  })

  it('refuses a symbol in the bar of its exit and the cooldown bars after it', () => {
    const clock = clockOf({ cooldownBars: 2 })
    const budget = createRiskBudget(1000)
    recordExit(budget, clock, { symbol: 'A/USD', timeMs: 10 * HOUR, reason: 'signal', pnl: 5 })
    const codes = [10, 11, 12, 13].map((hour) => denyEntry(budget, clock, entry(hour * HOUR)))
    expect(codes).toEqual(['COOLDOWN', 'COOLDOWN', 'COOLDOWN', null])
    expect(denyEntry(budget, clock, { ...entry(11 * HOUR), symbol: 'B/USD' })).toBeNull()
  })

  it('stops a day that has lost its share of the equity before it, until the next day', () => {
    const clock = clockOf({ dailyLossFraction: 0.1 })
    const budget = createRiskBudget(1000)
    const codes: (string | null)[] = []
    for (const [hour, equity] of [
      [23, 1100],
      [24, 1000],
      [25, 990],
      [47, 980],
    ] as const) {
      markBudget(budget, clock, { timeMs: hour * HOUR, equity })
      codes.push(denyEntry(budget, clock, entry((hour + 1) * HOUR)))
    }
    expect(codes).toEqual([null, null, 'DAILY_LOSS', null])
  })

  it('pauses after as many losing stops within the window', () => {
    const clock = clockOf({ stopLossGuard: { stops: 2, withinBars: 5, pauseBars: 3 } })
    const budget = createRiskBudget(1000)
    recordExit(budget, clock, stopAt(1 * HOUR))
    recordExit(budget, clock, stopAt(2 * HOUR, 10))
    expect(denyEntry(budget, clock, entry(3 * HOUR))).toBeNull()
    recordExit(budget, clock, stopAt(6 * HOUR))
    expect(denyEntry(budget, clock, entry(7 * HOUR))).toBeNull()
    recordExit(budget, clock, stopAt(8 * HOUR))
    const codes = [8, 9, 10, 11, 12].map((hour) => denyEntry(budget, clock, entry(hour * HOUR)))
    expect(codes).toEqual(['STOP_LOSS_GUARD', 'STOP_LOSS_GUARD', 'STOP_LOSS_GUARD', 'STOP_LOSS_GUARD', null])
  })

  it.each<readonly [number | null, readonly (string | null)[]]>([
    [2, [null, 'MAX_DRAWDOWN', 'MAX_DRAWDOWN', null, null, 'MAX_DRAWDOWN']],
    [null, [null, 'MAX_DRAWDOWN', 'MAX_DRAWDOWN', 'MAX_DRAWDOWN', 'MAX_DRAWDOWN', 'MAX_DRAWDOWN']],
  ])('pauses %j bars after a drawdown, then measures from the equity of the restart', (pauseBars, codes) => {
    const clock = clockOf({ maxDrawdown: { fraction: 0.2, pauseBars } })
    const budget = createRiskBudget(1000)
    const answers = [1000, 800, 700, 650, 600, 520].map((equity, hour) => {
      markBudget(budget, clock, { timeMs: hour * HOUR, equity })
      return denyEntry(budget, clock, entry((hour + 1) * HOUR))
    })
    expect(answers).toEqual(codes)
  })

  it('goes on alike from a stored budget', () => {
    const clock = clockOf({ maxDrawdown: { fraction: 0.2, pauseBars: 2 }, cooldownBars: 3 })
    const budget = createRiskBudget(1000)
    markBudget(budget, clock, { timeMs: DAY, equity: 700 })
    recordExit(budget, clock, stopAt(DAY))
    const stored = JSON.parse(JSON.stringify(budget)) as RiskBudget
    expect(stored).toEqual(budget)
    expect(denyEntry(stored, clock, entry(DAY + HOUR))).toBe('MAX_DRAWDOWN')
  })
})
