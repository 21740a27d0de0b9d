import { z } from 'zod'
import { MONTE_CARLO_METHODS } from './simulate.ts'

/** So many steps are walked in about a second. */
export const MAX_WALKED_STEPS = 20_000_000

const percentiles = z.object({
  p5: z.number(),
  p25: z.number(),
  p50: z.number(),
  p75: z.number(),
  p95: z.number(),
})
const line = z.array(z.number())
const end = z.object({ finalEquity: z.number(), maxDrawdown: z.number() })

export const monteCarloQuery = z.strictObject({
  method: z
    .enum(MONTE_CARLO_METHODS)
    .default('blocks')
    .describe(
      'shuffle: every step once, in another order; bootstrap: each drawn from all; blocks: runs of neighbours drawn ' +
        '(stationary bootstrap); slippage: each fill worse by up to upTo; range: each fill anywhere in its bar',
    ),
  over: z
    .enum(['trades', 'days'])
    .optional()
    .describe('What is a step; days for shuffle, bootstrap and blocks when left out'),
  effect: z
    .enum(['compounded', 'additive'])
    .default('compounded')
    .describe('Whether trades multiply equity, as sizing that follows it does, or add to it'),
  samples: z.coerce.number().int().min(1).max(100_000).default(1000).describe('Histories to make'),
  seed: z.coerce.number().int().default(1).describe('The same seed gives the same result'),
  blockLength: z.coerce
    .number()
    .min(1)
    .optional()
    .describe('Mean length of blocks in steps; the cube root of all steps when left out'),
  upTo: z.coerce
    .number()
    .gt(0)
    .lt(1)
    .optional()
    .describe('Most that slippage takes of a price, a fraction; 0.001 when left out'),
})

/** Other histories of a backtest, and how they end. */
export const monteCarloView = z
  .object({
    method: z.enum(MONTE_CARLO_METHODS),
    over: z.enum(['trades', 'days']),
    effect: z.enum(['compounded', 'additive']),
    seed: z.int(),
    startEquity: z.number(),
    lowSample: z.boolean(),
    runs: z.int(),
    steps: z.int().describe('Of each history: trades or days'),
    meanBlockLength: z.number().nullable(),
    backtest: z
      .object({ maxDrawdown: z.number().nullable() })
      .describe('Of the backtest at the closes of all bars, with open positions'),
    observed: end.describe('The history as it was, at the ends of steps only'),
    finalEquity: percentiles,
    maxDrawdown: percentiles.describe('Fractions, 0 or below, at the ends of steps only; p5 is the bad end'),
    probabilityOfLoss: z.number(),
    deeperThanObserved: z.number(),
    probabilityOfDrawdown: z.array(z.object({ fraction: z.number(), probability: z.number() })),
    band: z
      .object({ steps: line, p5: line, p25: line, p50: line, p75: line, p95: line })
      .describe('Percentiles of equity after so many steps, at most 101 places'),
  })
  .meta({ id: 'MonteCarlo' })
export type MonteCarloView = z.infer<typeof monteCarloView>
