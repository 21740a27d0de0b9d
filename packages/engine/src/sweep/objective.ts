import type { MetricKey } from '../metrics/index.ts'

export type Direction = 'maximize' | 'minimize'

export interface ObjectiveTerm {
  readonly metric: MetricKey
  /** Above zero; the direction carries the sign. */
  readonly weight: number
  readonly direction: Direction
}

/** Bounds that a run must keep, both inclusive, in the metric's own unit and sign: a drawdown of 20 % is -0.2. */
export interface Constraint {
  readonly metric: MetricKey
  readonly atLeast?: number | undefined
  readonly atMost?: number | undefined
}

/** What ranks the runs of a sweep: a sum of weighted metrics, higher first, below the constraints. */
export interface Objective {
  readonly terms: readonly ObjectiveTerm[]
  readonly constraints: readonly Constraint[]
}

/** An objective as users give it: exactly one of `metric` and `weighted`, or the bare name of a metric. */
export type ObjectiveInput =
  | MetricKey
  | {
      readonly metric?: MetricKey | undefined
      readonly direction?: Direction | undefined
      readonly weighted?:
        | readonly {
            readonly metric: MetricKey
            readonly weight: number
            readonly direction?: Direction | undefined
          }[]
        | undefined
      readonly constraints?: readonly Constraint[] | undefined
    }

/**
 * Sizes of something unwanted, where less is meant unless a direction says otherwise. `maxDrawdown`, `avgDrawdown`,
 * `var95`, `cvar95`, `avgMae` and `worstTradePct` are not among them: they are negative, so higher is better already.
 */
const MINIMIZED: ReadonlySet<MetricKey> = new Set([
  'volatilityAnn',
  'maxDrawdownAbs',
  'maxDrawdownDurationMs',
  'avgDrawdownDurationMs',
  'ulcerIndex',
  'losses',
  'maxConsecutiveLosses',
  'fees',
  'slippageCost',
])

export const naturalDirection = (metric: MetricKey): Direction =>
  MINIMIZED.has(metric) ? 'minimize' : 'maximize'

/** Fills in weights and directions; what is stored with a sweep, so that later defaults change no ranking. */
export const objectiveOf = (input: ObjectiveInput): Objective => {
  const {
    metric,
    direction,
    weighted = [],
    constraints = [],
  } = typeof input === 'string' ? { metric: input } : input
  const given = metric === undefined ? weighted : [{ metric, weight: 1, direction }]
  return {
    terms: given.map((term) => ({ ...term, direction: term.direction ?? naturalDirection(term.metric) })),
    constraints,
  }
}

/** Grow in proportion to the time that was tested. */
const COUNTED: ReadonlySet<MetricKey> = new Set([
  'trades',
  'wins',
  'losses',
  'breakeven',
  'fees',
  'slippageCost',
])

/**
 * The objective for runs over a share of the bars: bounds on counts shrink with it. Thirty trades a year are ten in
 * four months; asked for thirty there, a search would keep what trades most instead of what trades well.
 */
export const objectiveAtShare = ({ terms, constraints }: Objective, share: number): Objective => ({
  terms,
  constraints: constraints.map((constraint) => {
    if (!COUNTED.has(constraint.metric)) return constraint
    const { metric, atLeast, atMost } = constraint
    return {
      metric,
      ...(atLeast === undefined ? {} : { atLeast: atLeast * share }),
      ...(atMost === undefined ? {} : { atMost: atMost * share }),
    }
  }),
})
