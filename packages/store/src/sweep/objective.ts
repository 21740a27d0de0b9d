import type { MetricKey } from '@botcriptofy/engine/metrics'
import type { Objective } from '@botcriptofy/engine/sweep'

/** What ranks the runs of a sweep. The columns were validated when it was accepted. */
export const objectiveOfRow = ({
  objective,
  scoring,
}: {
  readonly objective: string
  readonly scoring: object | null
}): Objective => {
  if (scoring !== null) return scoring as Objective
  return { terms: [{ metric: objective as MetricKey, weight: 1, direction: 'maximize' }], constraints: [] }
}
