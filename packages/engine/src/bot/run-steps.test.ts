import { randomRun, type RandomRun, referenceRun, stepRunOf, usedBars } from '@botcriptofy/testkit/random-run'
import { describe, expect, it } from 'vitest'
import type { PaperAccount, PaperTrade } from '../paper/index.ts'
import { createBarReader } from './bar-reader.ts'
import { runBar, startRun, type StepRunState } from './run-steps.ts'
import type { Stance } from './stance.ts'

const RUNS = 250

interface Walk {
  /** Called after every bar; the run goes on with what it returns. */
  readonly between: (state: StepRunState, bar: number) => StepRunState
}

const walk = (run: RandomRun, { between }: Walk) => {
  const { candles, detail, barMs } = run.series
  const stepRun = stepRunOf(run)
  const bars = usedBars(run)
  const barAt = createBarReader({ candles, bars, barMs, detail })
  const trades: PaperTrade[] = []
  const equity: number[] = []
  let state = startRun(stepRun)
  for (let bar = 0; bar < bars; bar++) {
    const isSilent = bar < run.config.signalsFromBar || bar === bars - 1
    const report = runBar(stepRun, state, { bar: barAt(bar), isSilent })
    if (!report.ok) throw new Error(report.error.expected)
    trades.push(...report.value.trades)
    equity.push(report.value.equity)
    state = between(state, bar)
  }
  return { trades, equity, state }
}

const kindOf = (seed: number) => (['plain', 'featured', 'featured', 'detailed'] as const)[seed % 4]!

/** What the venue holds, in the words of the core. */
const heldBy = ({ position, entries, exit }: PaperAccount): Partial<Stance> => ({
  side: position?.side ?? 0,
  isExiting: exit !== null,
  entrySide: entries.find(({ id }) => id !== position?.entryOrderId)?.side ?? 0,
})

/** What the core believes. A withdrawn order that has filled is a position now, whatever is left of it. */
const believedBy = ({ side, isExiting, entrySide, withdrawnSide }: Stance): Partial<Stance> => ({
  side,
  isExiting,
  entrySide: withdrawnSide !== 0 && withdrawnSide !== side ? withdrawnSide : entrySide,
})

describe('the reference loop', () => {
  it('goes on from stored state as if it had not stopped', { timeout: 60_000 }, () => {
    let trades = 0
    for (let seed = 1; seed <= RUNS; seed++) {
      const run = randomRun(seed, kindOf(seed))
      const whole = referenceRun(run)
      const stored = walk(run, {
        between: (state, bar) =>
          bar % 7 === seed % 7 ? (JSON.parse(JSON.stringify(state)) as StepRunState) : state,
      })
      expect(stored.equity, `seed ${seed}`).toEqual([...whole.equity])
      expect(stored.state, `seed ${seed}`).toEqual(whole.state)
      expect(stored.trades.map(({ exitPrice, pnl }) => [exitPrice, pnl])).toEqual(
        whole.trades.map(({ exitPrice, pnl }) => [exitPrice, pnl]),
      )
      trades += stored.trades.length
    }
    expect(trades).toBeGreaterThan(1000)
  })

  it('believes of its account what the venue holds', { timeout: 60_000 }, () => {
    for (let seed = 1; seed <= RUNS; seed++) {
      walk(randomRun(seed, kindOf(seed)), {
        between: (state, bar) => {
          const { account, core } = state
          // A stop that is waiting for volume is the venue's own; the core hears of it with the first fill.
          if (account.blownAtBar !== null || account.position?.closing != null) return state
          expect(believedBy(core.stance), `seed ${seed}, bar ${bar}`).toEqual(heldBy(account))
          return state
        },
      })
    }
  })
})
