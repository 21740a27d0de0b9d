import {
  DATA_FINDING_CODES,
  LOOKAHEAD_SUBJECTS,
  type PortfolioChecks,
  type RunChecks,
  VERDICTS,
} from '@botcriptofy/engine/checks'
import { z } from 'zod'

const verdict = z.enum(VERDICTS).describe('warn: usable, knowing this; fail: not to be trusted')
const count = z.int().min(0)
const bar = count.describe('Index of a bar; 0 is the first of the series')
const timeMs = z.number().describe('Epoch ms')

const dataFinding = z.object({
  code: z.enum(DATA_FINDING_CODES),
  verdict,
  count: count.describe('Bars concerned; missing bars for gaps'),
  share: z.number().min(0).max(1),
  warnAbove: z.number(),
  failAbove: z.number(),
  text: z.string(),
  places: z.array(z.object({ bar, timeMs, detail: z.string() })).describe('The first few'),
})

const dataCheck = z.object({
  verdict,
  bars: count,
  fromMs: timeMs.nullable(),
  toMs: timeMs.nullable(),
  barMs: z.number().nullable().describe('The most frequent step between two bars'),
  findings: z.array(dataFinding),
})

const warmupCheck = z.object({
  verdict,
  bars: count,
  tolerance: z.number(),
  indicators: z.array(
    z.object({
      ids: z.array(z.string()),
      indicator: z.string(),
      verdict,
      lookback: bar.describe('First bar with a value'),
      published: bar.describe('First bar with a settled value, as the indicator says'),
      measured: bar.nullable().describe('The same as measured on this series; null when it never settles'),
      starts: count,
      text: z.string(),
    }),
  ),
  firstSignalBar: bar.describe('First bar that may signal as configured; the length of the series when none'),
  recommendedSignalsFromBar: bar.describe('The configuration’s signalsFromBar to set'),
  unsettledEntrySignals: count,
  text: z.string(),
})

const lookaheadCheck = z.object({
  verdict,
  bars: count,
  cuts: z.array(count).describe('Lengths of the truncated runs'),
  comparedValues: count,
  differences: z
    .array(
      z.object({
        subject: z.enum(LOOKAHEAD_SUBJECTS),
        name: z.string(),
        bar,
        timeMs,
        cut: count,
        whole: z.string(),
        truncated: z.string(),
        count,
      }),
    )
    .describe('Causes before effects: the first names what looks ahead'),
  text: z.string(),
})

/** What was checked before a backtest: `GET /v1/backtests/{id}/checks`. */
export const runChecksView = z
  .object({ verdict, data: dataCheck, warmup: warmupCheck, lookahead: lookaheadCheck })
  .meta({ id: 'RunChecks' }) satisfies z.ZodType<RunChecks>

/** Of a portfolio: the checks of each symbol, as if it were run alone. */
export const portfolioChecksView = z
  .object({
    verdict: verdict.describe('The gravest of all symbols'),
    symbols: z
      .array(z.object({ symbol: z.string(), checks: runChecksView }))
      .describe('In the order of priority'),
  })
  .meta({ id: 'PortfolioChecks' }) satisfies z.ZodType<PortfolioChecks>

/** Of a sweep: the checks of its first run, whose rules are those of all, `GET /v1/sweeps/{id}/checks`. */
export const sweepChecksView = z
  .object({
    params: z.record(z.string(), z.number()).describe('Of the run that was checked'),
    checks: runChecksView,
  })
  .meta({ id: 'SweepChecks' })

export const backtestChecksView = z.union([runChecksView, portfolioChecksView])
