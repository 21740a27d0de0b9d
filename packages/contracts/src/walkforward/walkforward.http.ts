import { z } from 'zod'
import { candleSelection, configInput, runShape } from '../backtest/index.ts'
import { pageOf } from '../http/index.ts'
import { submitSweepBody } from '../sweep/index.ts'
import { strategyInput } from '../strategy/index.ts'

const length = z.int().positive()
const gap = z.int().nonnegative().default(0)
const windowPlan = z.strictObject({
  mode: z
    .enum(['anchored', 'rolling'])
    .describe('anchored: every training begins with the candles and grows; rolling: it moves along'),
  trainMs: length.describe('Length of the training; of the first one when anchored'),
  testMs: length.describe('Length of each test; the next one begins where it ends'),
  purgeMs: gap.describe('Left out before the test, so that no trade is open in both; the longest trade'),
  embargoMs: gap.describe('Left out besides, for what stays correlated longer than a trade lasts'),
})

/** The windows decide which bars are run and from where they may signal. */
const windowConfig = configInput.refine(
  (config) => (config['rows'] ?? null) === null && (config['signalsFromBar'] ?? 0) === 0,
  { error: 'a config without rows and signalsFromBar, which the windows decide' },
)

export const submitWalkForwardBody = z.strictObject({
  strategy: strategyInput,
  parameters: submitSweepBody.shape.parameters,
  candles: candleSelection,
  config: windowConfig.optional(),
  objective: submitSweepBody.shape.objective,
  priority: submitSweepBody.shape.priority,
  windows: windowPlan,
})

const head = {
  ...runShape,
  objective: z.string(),
  plan: windowPlan,
  windows: z.object({ done: z.int(), total: z.int() }),
}
export const walkforwardSummary = z.object(head).meta({ id: 'WalkForwardSummary' })
export const walkforwardPage = pageOf(walkforwardSummary)

const number = z.number().nullable()
const reason = z.string().nullable().describe('Why there is no value, by a stable code')
const part = z.object({ fromMs: z.number(), toMs: z.number(), totalReturn: number, sharpe: number })

export const walkforwardWindowView = z.object({
  place: z.int(),
  status: z.enum(['waiting', 'training', 'testing', 'completed']),
  train: part.extend({ sweepId: z.uuid().nullable(), objectiveValue: number }),
  test: part.extend({ backtestId: z.uuid().nullable(), maxDrawdown: number, trades: z.int().nullable() }),
  params: z
    .record(z.string(), z.number())
    .nullable()
    .describe('Of the training’s best run; null where no run could be ranked, and nothing is traded'),
})
export type WalkForwardWindowView = z.infer<typeof walkforwardWindowView>

const judged = z.object({ value: number, reason })

/** What the tests came to, one after the other. */
export const walkforwardResult = z.object({
  startEquity: z.number(),
  finalEquity: z.number(),
  metrics: z.record(z.string(), number),
  metricReasons: z.record(z.string(), z.string()),
  trades: z.int(),
  efficiency: judged.describe('Growth rate of the tests over that of the trainings'),
  windowEfficiency: z.array(judged).describe('Of each window'),
  profitableWindows: judged.describe('Share of the windows whose test made a profit'),
  drift: z.array(z.object({ path: z.string(), distinct: z.int(), changes: z.int(), meanStep: z.number() })),
})
export type WalkForwardResult = z.infer<typeof walkforwardResult>

export const walkforwardView = z
  .object({
    ...head,
    strategy: z.record(z.string(), z.unknown()),
    config: z.record(z.string(), z.unknown()),
    parameters: z.record(z.string(), z.array(z.number())),
    windowList: z.array(walkforwardWindowView),
    result: walkforwardResult.nullable().describe('Null until all tests have ended'),
  })
  .meta({ id: 'WalkForward' })
export type WalkForwardView = z.infer<typeof walkforwardView>
