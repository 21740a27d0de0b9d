import { METRIC_KEYS } from '@botcriptofy/engine/metrics'
import { naturalDirection } from '@botcriptofy/engine/sweep'
import { z } from 'zod'
import { metricName as metric } from './metric-name.ts'

const minimized = METRIC_KEYS.filter((key) => naturalDirection(key) === 'minimize')
const direction = z
  .enum(['maximize', 'minimize'])
  .describe(`Default: minimize for ${minimized.join(', ')}; maximize for all others`)

const constraint = z
  .strictObject({ metric, atLeast: z.number().optional(), atMost: z.number().optional() })
  .superRefine(({ atLeast, atMost }, context) => {
    if (atLeast === undefined && atMost === undefined) {
      context.addIssue({ code: 'custom', path: ['atLeast'], message: 'a bound, here or in atMost' })
    }
    if (atLeast !== undefined && atMost !== undefined && atLeast > atMost) {
      context.addIssue({ code: 'custom', path: ['atLeast'], message: `at most atMost, which is ${atMost}` })
    }
  })

const weighted = z
  .array(z.strictObject({ metric, weight: z.number().positive(), direction: direction.optional() }))
  .min(1)
  .max(20)
  .superRefine((terms, context) => {
    for (const [index, term] of terms.entries()) {
      if (terms.findIndex((other) => other.metric === term.metric) < index) {
        const path = [index, 'metric']
        context.addIssue({ code: 'custom', path, message: 'a metric that has no weight yet' })
      }
    }
  })

const detailed = z
  .strictObject({
    metric: metric.optional(),
    direction: direction.optional(),
    weighted: weighted.optional().describe('The sum of weight times metric, in the units of the metrics'),
    constraints: z
      .array(constraint)
      .max(20)
      .optional()
      .describe('Bounds, inclusive; runs that break one rank below all others. A drawdown of 20 % is -0.2'),
  })
  .superRefine((objective, context) => {
    if (objective.metric === undefined && objective.weighted === undefined) {
      context.addIssue({ code: 'custom', path: ['metric'], message: 'a metric, or weighted metrics instead' })
    }
    if (objective.weighted === undefined) return
    for (const key of ['metric', 'direction'] as const) {
      if (objective[key] === undefined) continue
      context.addIssue({ code: 'custom', path: [key], message: 'nothing beside weighted' })
    }
  })

/** A metric's name, or `{metric, direction?}` or `{weighted}` with constraints; `objectiveOf` reads it. */
export const objectiveInput = z
  .union([detailed, metric])
  .describe('What ranks the runs: a metric, or metrics with weights, directions and constraints')
