import { type IndicatorDefinition, registerIndicator } from '@botcriptofy/engine/indicators'
import { describeProblem } from '@botcriptofy/engine/kernel'
import { z } from 'zod'
import { inputProblems } from '../input/index.ts'

const functionOf = <Function>() =>
  z.custom<Function>((value) => typeof value === 'function', { error: 'a function' })

/** The shape of what an operator's module exports; what its functions promise is checked by the engine. */
const definitionSchema = z.strictObject({
  type: z.string(),
  parameters: z.array(
    z.strictObject({ name: z.string(), integer: z.boolean(), min: z.number(), max: z.number() }),
  ),
  lines: z.array(z.string()),
  takesSource: z.boolean(),
  lookback: functionOf<IndicatorDefinition['lookback']>(),
  lineLookbacks: functionOf<NonNullable<IndicatorDefinition['lineLookbacks']>>().exactOptional(),
  stabilisation: functionOf<IndicatorDefinition['stabilisation']>(),
  compute: functionOf<IndicatorDefinition['compute']>(),
  stream: z.strictObject({
    start: functionOf<IndicatorDefinition['stream']['start']>(),
    next: functionOf<IndicatorDefinition['stream']['next']>(),
  }),
}) satisfies z.ZodType<IndicatorDefinition>

interface IndicatorModule {
  readonly name: string
  readonly sha256: string
  readonly exports: Readonly<Record<string, unknown>>
}

const labelOf = (candidate: unknown, position: number): string =>
  typeof candidate === 'object' &&
  candidate !== null &&
  'type' in candidate &&
  typeof candidate.type === 'string'
    ? candidate.type
    : `indicators[${position}]`

const candidatesOf = ({ indicators, indicator }: IndicatorModule['exports']): readonly unknown[] => [
  ...(Array.isArray(indicators) ? indicators : []),
  ...(indicator === undefined ? [] : [indicator]),
]

/**
 * Registers the indicators that a module exports as `indicators` (a list) or `indicator` (one). Returns what is wrong
 * with them, a line a fault with the module and the indicator in it; those without fault are registered.
 */
export const registerIndicatorModule = ({ name, sha256, exports }: IndicatorModule): readonly string[] => {
  const candidates = candidatesOf(exports)
  if (candidates.length === 0) {
    const found = Object.keys(exports).join(', ')
    return [
      `${name}: expected an export indicators (a list) or indicator (one), was ${found === '' ? 'no export' : found}`,
    ]
  }
  return candidates.flatMap((candidate, position): readonly string[] => {
    const parsed = definitionSchema.safeParse(candidate)
    if (!parsed.success) {
      const label = `${name}: ${labelOf(candidate, position)}`
      return inputProblems(parsed.error, candidate).map((problem) =>
        describeProblem({ ...problem, path: problem.path === '$' ? label : `${label}.${problem.path}` }),
      )
    }
    const registered = registerIndicator(parsed.data, { module: name, sha256 })
    return registered.ok ? [] : [describeProblem(registered.error)]
  })
}
