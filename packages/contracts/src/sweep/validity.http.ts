import { z } from 'zod'

const reason = z.string().nullable().describe('Why there is no value, by a stable code')
const judgedRun = z.object({ ordinal: z.int(), params: z.record(z.string(), z.number()) })

const deflatedSharpe = z.object({
  value: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .describe('Probability that the true Sharpe ratio is above what luck gives the best of the trials'),
  reason,
  run: judgedRun.nullable().describe('The run with the highest Sharpe ratio, which is the one judged'),
  sharpe: z.number().nullable().describe('Of that run, annualised'),
  observations: z.int().nullable().describe('Daily returns behind it'),
  skew: z.number().nullable(),
  excessKurtosis: z.number().nullable(),
  trials: z.int().describe('Runs with a Sharpe ratio; those without one could not have won'),
  trialDeviation: z
    .number()
    .nullable()
    .describe('Standard deviation of the Sharpe ratios of the trials, annualised; null below two trials'),
  expectedMaximum: z
    .number()
    .nullable()
    .describe('The Sharpe ratio that the best of as many trials without skill would show, annualised'),
  periodsPerYear: z.number().describe('What annualises: the square root of it'),
})

const plateau = z.object({
  score: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .describe('1 where the neighbours are as good, 0 where they lose all'),
  reason,
  neighbours: z.int().describe('Runs one step away along one parameter, with an objective'),
  edges: z.int().describe('Steps that lead off the grid'),
  missing: z
    .int()
    .describe('Neighbours on the grid that failed, were not run, break a constraint or have no objective'),
  meanLoss: z
    .number()
    .nullable()
    .describe('Mean of (own - theirs) / |own| of the objective; below 0 they are better'),
  worstLoss: z.number().nullable().describe('The same of the worst neighbour'),
})

const overfitting = z.object({
  probability: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .describe(
      'How often the run that is best in one half of the days is in the lower half of the runs in the other half',
    ),
  reason,
  runs: z.int().describe('Completed runs over the most candles that any run of the sweep had'),
  compared: z
    .int()
    .describe('Runs that were compared: those with known returns, and evenly taken ones of more than 1,000'),
  blocks: z.int().nullable().describe('Parts of equal length that the days were cut into'),
  splits: z.int().nullable().describe('Ways to choose half of the parts'),
  probabilityOfLoss: z
    .number()
    .nullable()
    .describe('How often the run that is best in one half loses in the other'),
  slope: z
    .number()
    .nullable()
    .describe('Of its Sharpe ratio in the other half on that in its own; below 0 more is worse'),
})

const half = z.object({
  sharpe: z
    .number()
    .describe('Annualised, of daily returns in this half alone; 0 for a run that stood still'),
  place: z.int().describe('Among the compared runs, 1 the best'),
})
const halfRun = judgedRun.extend({ first: half, second: half })

const halves = z
  .object({
    rankCorrelation: z
      .number()
      .min(-1)
      .max(1)
      .nullable()
      .describe('Of the Sharpe ratios in the first half of the days and in the second (Spearman)'),
    reason,
    runs: z.int().describe('Completed runs over the most candles that any run of the sweep had'),
    compared: z.int().describe('Evenly taken ones where they are more than 1,000, and the best'),
    days: z.object({ first: z.int(), second: z.int() }).nullable(),
    best: halfRun
      .nullable()
      .describe('The run with the highest objective, which was chosen with sight of both halves'),
    chosen: halfRun.nullable().describe('The run with the highest Sharpe ratio in the first half'),
  })
  .describe('The first half of the days against the second: no hold-out, since all runs saw both')

/** How far the best of a sweep is to be believed. */
export const sweepValidity = z
  .object({
    sweepId: z.uuid(),
    objective: z.string(),
    runs: z.int().describe('Runs that came to an end, the failed ones too'),
    failed: z.int(),
    best: judgedRun.extend({ value: z.number() }).nullable().describe('The run with the highest objective'),
    deflatedSharpe,
    overfitting,
    halves: halves.nullable().default(null),
    plateau: plateau.describe('Of the run with the highest objective'),
  })
  .meta({ id: 'SweepValidity' })
export type SweepValidity = z.infer<typeof sweepValidity>
