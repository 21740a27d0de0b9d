import { parityOf, randomRun, type RunKind } from '@botcriptofy/testkit/random-run'
import { describe, expect, it } from 'vitest'

/** Seeds from 1; what fails is brought back by its seed. */
const CASES: readonly (readonly [kind: RunKind, runs: number, leastTrades: number])[] = [
  ['plain', 2400, 20_000],
  ['featured', 2000, 10_000],
  ['detailed', 300, 1_500],
]

describe('a backtest by columns', () => {
  it.each(CASES)(
    'equals the reference loop in %s runs, to the last bit',
    { timeout: 120_000 },
    (...testCase) => {
      const [kind, runs, leastTrades] = testCase
      let total = 0
      for (let seed = 1; seed <= runs; seed++) {
        const { differences, trades } = parityOf(randomRun(seed, kind))
        expect(differences, `seed ${seed} of ${kind} runs`).toEqual([])
        total += trades
      }
      expect(total).toBeGreaterThan(leastTrades)
    },
  )
})
