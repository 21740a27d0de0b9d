import type { MetricKey } from '@botcriptofy/engine/metrics'
import { METRIC_DESCRIPTIONS, type MetricKind } from '../metric-text/metric-description.ts'
import { metricText } from '../metric-text/metric-text.ts'
import { ratioText } from '../metric-text/number-text.ts'
import type { SweepReportData } from './data.ts'
import { parameterName } from './parameter-name.ts'

const SHOWN: readonly MetricKey[] = [
  'totalReturn',
  'cagr',
  'sharpe',
  'maxDrawdown',
  'profitFactor',
  'winRate',
  'trades',
]

/** What a report tells of each run; the objective first where it is none of the usual ones. */
export const reportedMetrics = (objective: MetricKey): readonly MetricKey[] =>
  SHOWN.includes(objective) ? SHOWN : [objective, ...SHOWN]

/** A parameter or a metric of all runs. */
export interface RunColumn {
  /** The path of a parameter, or the metric. */
  readonly key: string
  readonly label: string
  readonly kind: MetricKind | 'parameter'
  /** By the row of the trials. */
  readonly values: Float64Array
  readonly text: (value: number) => string
}

export interface ShownObjective {
  readonly label: string
  readonly kind: MetricKind
  readonly text: (value: number) => string
}

/** How the numbers that rank the runs are called and written. */
export const shownObjective = ({
  objective,
  score,
}: Pick<SweepReportData, 'objective' | 'score'>): ShownObjective => {
  if (score !== null) return { label: 'Score', kind: 'ratio', text: ratioText }
  const { label, kind } = METRIC_DESCRIPTIONS[objective]
  return { label, kind, text: (value) => metricText(objective, value) }
}

/** The key of the column of the score, where no metric is the score. */
const SCORE = 'score'

/** The column that ranks the runs. */
export const rankingKey = ({ objective, score }: SweepReportData): string =>
  score === null ? objective : SCORE

/** The columns of the table and the axes of the lines: the parameters, then the metrics. */
export const runColumns = (data: SweepReportData): readonly RunColumn[] => {
  const { trials, objective, score } = data
  return [
    ...trials.paths.map((path, at): RunColumn => ({
      key: path,
      label: parameterName(path),
      kind: 'parameter',
      values: trials.params[at]!,
      text: String,
    })),
    ...(score === null ? [] : [{ key: SCORE, values: trials.objective, ...shownObjective(data) }]),
    ...reportedMetrics(objective).map((key): RunColumn => ({
      key,
      label: METRIC_DESCRIPTIONS[key].label,
      kind: METRIC_DESCRIPTIONS[key].kind,
      values: trials.metrics[key] ?? new Float64Array(trials.ordinal.length).fill(Number.NaN),
      text: (value) => metricText(key, value),
    })),
  ]
}
