import {
  type Objective,
  type ObjectiveInput,
  objectiveOf,
  type ObjectiveTerm,
} from '@botcriptofy/engine/sweep'

/** What ranks the runs as a sweep stores it; `scoring` is left out for one metric of which more is better. */
export interface Ranking {
  /** A metric, with a leading - when the lowest comes first, or the weighted sum in words. */
  readonly objective: string
  readonly scoring?: Objective | undefined
}

/** The bare name of a metric ranks the highest first, whatever it is; said in an object it has its natural direction. */
export const rankingOf = (input: ObjectiveInput): Ranking => {
  if (typeof input === 'string') return { objective: input }
  const scoring = objectiveOf(input)
  const objective = nameOf(scoring.terms)
  const isPlain = scoring.constraints.length === 0 && objective === scoring.terms[0]?.metric
  return isPlain ? { objective } : { objective, scoring }
}

const nameOf = (terms: readonly ObjectiveTerm[]): string => {
  const [first, ...others] = terms
  if (first === undefined) return ''
  const head = `${first.direction === 'minimize' ? '-' : ''}${weighedOf(first)}`
  return [
    head,
    ...others.map((term) => `${term.direction === 'minimize' ? '-' : '+'} ${weighedOf(term)}`),
  ].join(' ')
}

const weighedOf = ({ metric, weight }: ObjectiveTerm): string =>
  weight === 1 ? metric : `${weight} ${metric}`
