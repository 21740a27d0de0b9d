import { DEFAULT_BACKTEST_CONFIG } from '@botcriptofy/engine/backtest'
import { canonicalJson } from '@botcriptofy/engine/kernel'
import { type Candles, firstBarAt, sliceCandles } from '@botcriptofy/engine/market'
import { compileStrategy, settledFrom, type Strategy } from '@botcriptofy/engine/strategy'
import { applyParams, combinationCount, type Params, paramsAt } from '@botcriptofy/engine/sweep'
import { checkWalkForward, type EndedWindow, joinTests } from '@botcriptofy/contracts/walkforward'
import { backtestRun } from '@botcriptofy/testkit/backtest-run'
import { HOUR_MS } from '../candle-sets.ts'
import type { Evidence, Finding, Invariant } from '../evidence.ts'
import type { AskedFlow } from '../walkforward-load.ts'

const valueOf = <T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T => {
  if (result.ok) return result.value
  throw new Error(`expected what the API accepted to be sound, was ${JSON.stringify(result)}`)
}

/** The first of the best by Sharpe ratio; none where no run has one. */
const chosenOf = ({ strategy, axes }: AskedFlow, training: Candles) => {
  const runs = Array.from({ length: combinationCount(axes) }, (_, ordinal) => {
    const params = paramsAt(axes, ordinal)
    const chosen = valueOf(applyParams(strategy, params))
    const { metrics } = backtestRun({ candles: training, strategy: chosen }).result
    return { params, chosen, trainReturn: metrics.totalReturn, sharpe: metrics.sharpe ?? -Infinity }
  })
  const [best] = runs.toSorted((a, b) => b.sharpe - a.sharpe)
  return best === undefined || best.sharpe === -Infinity ? undefined : best
}

const testedOf = (
  all: Candles,
  test: { readonly from: number; readonly to: number },
  best: { readonly params: Params; readonly chosen: Strategy; readonly trainReturn: number | null },
): EndedWindow['tested'] => {
  const program = valueOf(compileStrategy(best.chosen))
  const firstBar = firstBarAt(all.time, test.from)
  const warmUp = Math.min(firstBar, Math.max(settledFrom(program, HOUR_MS), program.firstSignalBar) + 1)
  const candles = sliceCandles(all, firstBar - warmUp, firstBarAt(all.time, test.to))
  const config = { signalsFromBar: Math.max(0, warmUp - 1) }
  const { result, equity } = backtestRun({ candles, strategy: best.chosen, config })
  return {
    params: best.params,
    trainReturn: best.trainReturn,
    testReturn: result.metrics.totalReturn,
    trades: result.trades.length,
    time: candles.time,
    equity,
  }
}

/** The whole walk-forward by the engine alone, in this process. */
const undisturbed = (asked: AskedFlow) => {
  const { strategy, set, axes, plan } = asked
  const { candles } = set
  const data = { from: candles.time[0] ?? 0, to: (candles.time.at(-1) ?? 0) + HOUR_MS }
  const parameters = Object.fromEntries(axes)
  const { windows } = valueOf(checkWalkForward({ strategy, parameters, plan, data, barMs: HOUR_MS }))
  const ended = windows.map(({ train, test }): EndedWindow => {
    const bars = [firstBarAt(candles.time, train.from), firstBarAt(candles.time, train.to)] as const
    const best = chosenOf(asked, sliceCandles(candles, ...bars))
    return {
      trainMs: train.to - train.from,
      testMs: test.to - test.from,
      testFromMs: test.from,
      tested: best === undefined ? null : testedOf(candles, test, best),
    }
  })
  return joinTests({ axes, config: DEFAULT_BACKTEST_CONFIG, windows: ended }).result
}

const walkForwardsSame: Invariant = {
  name: 'walkforwards-same',
  holds: 'Every accepted walk-forward is complete, and its result is that of an undisturbed one.',
  check: async ({ db, flows, sampleSize }: Evidence) => {
    const rows = await db
      .selectFrom('walkforward')
      .select(['id', 'status', 'remaining', 'result', 'error_code', 'error_detail'])
      .execute()
    const byId = new Map(rows.map((row) => [row.id, row]))
    const detailOf = (id: string, asked: AskedFlow): string | undefined => {
      const row = byId.get(id)
      if (row === undefined) return 'accepted, but Postgres has no such walk-forward'
      if (row.status !== 'completed')
        return `expected it to be complete, was ${row.status} with ${row.remaining} to go: ${row.error_code}: ${row.error_detail}`
      return canonicalJson(row.result) === canonicalJson(undisturbed(asked))
        ? undefined
        : 'the result differs from that of an undisturbed walk-forward'
    }
    const findings: Finding[] = flows.flatMap(({ ids, refusals }) => [
      ...(ids.size > 1 ? [{ ids: [...ids], detail: 'one key made more than one walk-forward' }] : []),
      ...(refusals.length > 0 ? [{ ids: [], detail: `a sound request was refused: ${refusals[0]}` }] : []),
    ])
    const accepted = flows.flatMap((asked) => [...asked.ids].map((id) => ({ id, asked })))
    for (const { id, asked } of accepted.slice(0, sampleSize)) {
      const detail = detailOf(id, asked)
      if (detail !== undefined) findings.push({ ids: [id], detail })
    }
    return { checked: accepted.length, findings }
  },
}

export const walkForwardInvariants: readonly Invariant[] = [walkForwardsSame]
