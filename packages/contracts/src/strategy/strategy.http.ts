import { z } from 'zod'
import { pageOf } from '../http/index.ts'
import { strategySchema, strategyVersion } from './strategy.ts'

/** A stored version: what `POST /v1/strategies` has answered. */
export const strategyReference = z.strictObject({ strategyId: z.uuid(), version: strategyVersion })

/** Documented in full, checked by `checkStrategy`, which names every problem at once with a code of its own. */
const inlineStrategy = z.unknown().meta({
  description: 'A strategy (rules, indicators, stops and sizing)',
  ...z.toJSONSchema(strategySchema, { io: 'input', unrepresentable: 'any' }),
  $schema: undefined,
})

/** A strategy inline, or a stored version by reference. */
export const strategyInput = z.unknown().meta({
  description: 'A strategy inline, or {strategyId, version}',
  anyOf: [
    { ...z.toJSONSchema(strategyReference), $schema: undefined },
    { ...z.toJSONSchema(strategySchema, { io: 'input', unrepresentable: 'any' }), $schema: undefined },
  ],
})

export const saveStrategyBody = z.strictObject({ strategy: inlineStrategy })

export const strategyView = z
  .object({ id: z.uuid(), name: z.string(), latestVersion: z.int(), createdAtMs: z.int() })
  .meta({ id: 'Strategy' })
export const strategyPage = pageOf(strategyView)

export const strategyVersionView = z
  .object({
    strategyId: z.uuid(),
    version: z.int(),
    sha256: z.string().describe('Of the canonical JSON of the strategy'),
    createdAtMs: z.int(),
    strategy: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'StrategyVersion' })
export const strategyVersionPage = pageOf(strategyVersionView)
export const strategyVersionParams = z.object({
  id: z.uuid(),
  version: z.coerce.number().pipe(strategyVersion),
})
