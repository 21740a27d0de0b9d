import { MAX_HYPERCUBE_RUNS } from '@botcriptofy/engine/sweep'
import { z } from 'zod'
import { MAX_COMBINATIONS } from './check-sweep.ts'

/** Every round of a model reads the results of all before it. */
const MAX_MODELLED_RUNS = 10_000

/** A year. */
const MAX_SECONDS = 31_536_000

const runsUpTo = (most: number) =>
  z.int().min(1).max(most).describe('Combinations to try; as many as there are is all of them')

const seed = z
  .int()
  .min(0)
  .max(2 ** 32 - 1)
  .default(1)
  .describe('The same seed gives the same combinations for ever')

const grid = z.strictObject({ method: z.literal('grid') })

const random = z.strictObject({ method: z.literal('random'), runs: runsUpTo(MAX_COMBINATIONS), seed })

const latinHypercube = z.strictObject({
  method: z.literal('latin_hypercube'),
  runs: runsUpTo(MAX_HYPERCUBE_RUNS).describe(
    'Combinations to draw; one that comes up twice, in small grids, is run once',
  ),
  seed,
})

const successiveHalving = z.strictObject({
  method: z.literal('successive_halving'),
  runs: runsUpTo(MAX_HYPERCUBE_RUNS).default(81),
  seed,
  sample: z.enum(['random', 'latin_hypercube']).default('random').describe('How the first runs are drawn'),
  eta: z.int().min(2).max(10).default(3).describe('One in eta runs goes on, with eta times the bars'),
  minShare: z
    .number()
    .min(0.001)
    .max(1)
    .default(0.3)
    .describe('The first runs are over at least this leading share of the bars; short ones rank by luck'),
})

const tpe = z.strictObject({
  method: z.literal('tpe'),
  runs: runsUpTo(MAX_MODELLED_RUNS),
  seed,
  startup: z.int().min(1).max(MAX_MODELLED_RUNS).default(20).describe('Runs at random before the search'),
  batch: z.int().min(1).max(1000).default(16).describe('Runs planned together; fewer learn more from each'),
  gamma: z.number().min(0.01).max(0.5).default(0.15).describe('The share of the runs that counts as good'),
  candidates: z.int().min(1).max(1000).default(24).describe('Draws of which the most promising is run'),
})

/** How a sweep finds its combinations; parsed, it is the engine's `Search`. */
export const searchInput = z
  .discriminatedUnion('method', [grid, random, latinHypercube, successiveHalving, tpe])
  .describe('How the combinations are chosen: grid runs them all')

export const searchBudget = z
  .strictObject({
    runs: z.int().min(1).optional().describe('No more runs than this, at whatever share of the bars'),
    seconds: z
      .number()
      .positive()
      .max(MAX_SECONDS)
      .optional()
      .describe('No more runs are handed out so many seconds after the first began; those in hand end'),
  })
  .refine(({ runs, seconds }) => runs !== undefined || seconds !== undefined, {
    path: ['runs'],
    error: 'a number of runs, or seconds beside it',
  })
