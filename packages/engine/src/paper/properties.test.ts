import { drivePaper, paperArbitrary, type PaperDrive, type PaperRun } from '@botcriptofy/testkit/paper'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FillEvent, VenueEvent } from '../orders/index.ts'
import { cloneAccount, type PaperAccount } from './account.ts'
import type { BacktestConfig } from './config.ts'
import { fillBar } from './fill-bar.ts'
import { createPaperSetup } from './setup.ts'

const LIMIT_MS = 60_000

const holds = (check: (drive: PaperDrive) => void, numRuns = 120): void => {
  fc.assert(fc.property(paperArbitrary, check), { seed: 23, numRuns })
}

const withConfig = (drive: PaperDrive, config: Partial<BacktestConfig>): PaperDrive => ({
  ...drive,
  config: { ...drive.config, ...config },
})

const fillsOf = (events: readonly VenueEvent[]): FillEvent[] =>
  events.filter((event) => event.kind === 'fill')
const allFills = ({ events }: PaperRun): FillEvent[] => events.flatMap(fillsOf)

/** What the open trade has brought so far, without its fees and funding, marked at a price. */
const openGain = ({ position }: PaperAccount, price: number): number => {
  if (position === null) return 0
  const { side, proceeds, cost, quantity, fees, funding } = position
  return side * (proceeds + quantity * price - cost) - fees - funding
}

describe('a paper account', () => {
  it(
    'keeps its money: equity = capital + closed profit + what the open trade has made',
    () => {
      let seen = 0
      holds((drive) => {
        const accounts: PaperAccount[] = []
        const run = drivePaper({
          ...drive,
          afterBar: (account) => {
            accounts.push(cloneAccount(account))
            return account
          },
        })
        let closed = 0
        let error = 0
        const { initialCapital } = drive.config
        drive.bars.forEach(({ close }, bar) => {
          const account = accounts[bar]!
          if (account.blownAtBar !== null) return
          for (const trade of run.trades) if (trade.exitIndex === bar) closed += trade.pnl
          const expected = initialCapital + closed + openGain(account, close)
          error = Math.max(error, Math.abs(run.equity[bar]! - expected))
          seen += account.position === null ? 0 : 1
        })
        expect(error).toBeLessThan(1e-9 * initialCapital)
      })
      expect(seen).toBeGreaterThan(800)
    },
    LIMIT_MS,
  )

  it(
    'moves cash by its fills and funding, and by nothing else',
    () => {
      holds((drive) => {
        const run = drivePaper(drive)
        if (run.account.blownAtBar !== null) return
        const open = run.account.position?.funding ?? 0
        const funding = run.trades.reduce((sum, trade) => sum + trade.funding, open)
        const moved = allFills(run).reduce((sum, { leg, side, price, quantity, fee }) => {
          const sign = (side === 'long' ? 1 : -1) * (leg === 'entry' ? -1 : 1)
          return sum + sign * quantity * price - fee
        }, drive.config.initialCapital)
        expect(Math.abs(run.account.cash - (moved - funding))).toBeLessThan(
          1e-9 * drive.config.initialCapital,
        )
      })
    },
    LIMIT_MS,
  )

  it(
    'marks worst <= every path <= best at each bar from equal state',
    () => {
      let apart = 0
      holds((drive) => {
        const states: PaperAccount[] = []
        drivePaper({
          ...drive,
          afterBar: (account, bar) => {
            if (bar > 0) states.push(cloneAccount(account))
            return account
          },
        })
        states.forEach((state, at) => {
          const index = at + 2
          if (index >= drive.bars.length || state.blownAtBar !== null) return
          const equityOf = (path: BacktestConfig['path']): number => {
            const setup = createPaperSetup(drive.protection, { ...drive.config, path })
            const report = fillBar(setup, cloneAccount(state), { ...drive.bars[index]!, index })
            return report.ok ? report.value.equity : Number.NaN
          }
          const [worst, best] = [equityOf('worst'), equityOf('best')]
          const others = (['ohlc', 'olhc', 'adaptive'] as const).map(equityOf)
          expect(Math.min(...others) >= worst - 1e-9 && Math.max(...others) <= best + 1e-9).toBe(true)
          if (worst < best) apart++
        })
      }, 40)
      expect(apart).toBeGreaterThan(30)
    },
    LIMIT_MS,
  )

  it(
    'fills within the bar, but for limits that a gap has passed and a margin that is gone',
    () => {
      let outside = 0
      holds((drive) => {
        const run = drivePaper(withConfig(drive, { slippageRate: 0, priceTick: null }))
        run.events.forEach((events, bar) => {
          const { open, high, low } = drive.bars[bar]!
          for (const { price, leg, side, reason } of fillsOf(events)) {
            if (price >= low && price <= high) continue
            outside++
            const isBuy = (side === 'long') === (leg === 'entry')
            const isWorseThanOpen = isBuy ? price > open : price < open
            // A limit gets no more than it asked for; a liquidation costs no more than the margin.
            const isLimit = leg === 'entry' || reason === 'take_profit'
            expect([isLimit, isWorseThanOpen]).toEqual([reason !== 'liquidation', reason !== 'liquidation'])
          }
        })
      })
      expect(outside).toBeGreaterThan(8)
    },
    LIMIT_MS,
  )

  it(
    'never gains by a higher fee',
    () => {
      holds((drive) => {
        const sizing = { sizing: { kind: 'units' as const, value: 3 } }
        const fixed: PaperDrive = {
          ...withConfig(drive, { initialCapital: 1e6, leverage: null, path: 'ohlc' }),
          core: (bar, account) =>
            drive
              .core(bar, account)
              .map((effect) => (effect.kind === 'enter' ? { ...effect, ...sizing } : effect)),
        }
        const { feeRate, makerFeeRate } = drive.config
        const cheap = drivePaper(fixed)
        const maker = makerFeeRate === null ? null : makerFeeRate + 0.002
        const dear = drivePaper(withConfig(fixed, { feeRate: feeRate + 0.002, makerFeeRate: maker }))
        expect(allFills(dear).map(({ price }) => price)).toEqual(allFills(cheap).map(({ price }) => price))
        expect(dear.equity.filter((value, bar) => value > cheap.equity[bar]!)).toEqual([])
      })
    },
    LIMIT_MS,
  )

  it(
    'never gains by more slippage where the levels do not move with it',
    () => {
      let compared = 0
      holds((drive) => {
        const { stopLoss, takeProfit } = drive.protection
        const fixed: PaperDrive = {
          ...withConfig(drive, {
            initialCapital: 1e6,
            leverage: null,
            path: 'olhc',
            protectFrom: 'signal_close',
          }),
          protection: { stopLoss, takeProfit },
          core: (bar, account) =>
            drive
              .core(bar, account)
              .map((effect) =>
                effect.kind === 'enter' ? { ...effect, sizing: { kind: 'units', value: 3 } } : effect,
              ),
        }
        const cheap = drivePaper(withConfig(fixed, { slippageRate: 0 }))
        const dear = drivePaper(withConfig(fixed, { slippageRate: 0.003 }))
        const list = (run: PaperRun) =>
          run.trades.map(({ entryIndex, exitIndex, reason }) => [entryIndex, exitIndex, reason])
        expect(list(dear)).toEqual(list(cheap))
        compared += dear.trades.length
        expect(dear.equity.filter((value, bar) => value > cheap.equity[bar]!)).toEqual([])
      })
      expect(compared).toBeGreaterThan(200)
    },
    LIMIT_MS,
  )

  it(
    'does not look ahead: cutting the data leaves what came before the cut as it was',
    () => {
      holds((drive) => {
        const open = withConfig(drive, { endOfData: 'leave_open' })
        const whole = drivePaper(open)
        for (const bars of [1, 20, 45]) {
          const cut = drivePaper({ ...open, bars: drive.bars.slice(0, bars) })
          expect(cut.events).toEqual(whole.events.slice(0, bars))
          expect(cut.equity).toEqual(whole.equity.slice(0, bars))
        }
      }, 60)
    },
    LIMIT_MS,
  )

  it(
    'does not depend on the clock, but for the times of funding',
    () => {
      holds((drive) => {
        const shiftMs = 30 * 60_000
        const shifted = drive.bars.map((bar) => ({ ...bar, time: bar.time + shiftMs }))
        const { events, equity } = drivePaper(drive)
        expect(drivePaper({ ...drive, bars: shifted })).toMatchObject({ events, equity })
      }, 60)
    },
    LIMIT_MS,
  )

  it(
    'is plain data: it goes through JSON after every bar and nothing changes',
    () => {
      holds((drive) => {
        const restored = drivePaper({
          ...drive,
          afterBar: (account, bar) => {
            const copy = JSON.parse(JSON.stringify(account)) as PaperAccount
            if (bar % 7 === 0) expect(copy).toEqual(account)
            return copy
          },
        })
        expect(restored).toEqual(drivePaper(drive))
      }, 60)
    },
    LIMIT_MS,
  )

  it(
    'fills no more of a bar than its share of the volume',
    () => {
      let capped = 0
      holds((drive) => {
        const participation = drive.config.participation ?? 0.25
        const run = drivePaper(withConfig(drive, { participation }))
        let excess = 0
        run.events.forEach((events, bar) => {
          const cap = participation * drive.bars[bar]!.volume
          const sum = fillsOf(events)
            .filter(({ reason }) => reason !== 'liquidation' && reason !== 'end_of_data')
            .reduce((total, { quantity }) => total + quantity, 0)
          excess = Math.max(excess, sum - cap)
          if (sum > 0 && cap - sum < drive.config.quantityStep) capped++
        })
        expect(excess).toBe(0)
      })
      expect(capped).toBeGreaterThan(120)
    },
    LIMIT_MS,
  )
})
