import type { SweepView } from '@botcriptofy/contracts/sweep'
import { percent } from './sweep-table.ts'

/** What a sweep is and how far it is; of a search also its round, its budget and what ranks it. */
export const describeSweep = (sweep: SweepView): string => {
  const simulated = sweep.isSimulated ? ' SIMULATED' : ''
  const failed = sweep.failed === 0 ? '' : `, ${sweep.failed} failed`
  const head =
    `${sweep.strategyName} on ${sweep.venue} ${sweep.symbol} ${sweep.timeframe}${simulated}: ${sweep.status}, ` +
    `${sweep.progress.done}/${sweep.progress.total} done, ${sweep.computed} computed${failed}`
  const lines = [
    head,
    ...groupLines(sweep),
    ...searchLines(sweep),
    ...budgetLines(sweep),
    ...scoreLines(sweep),
  ]
  return `${lines.join('\n  ')}\n`
}

const groupLines = ({ id, groupId }: SweepView): readonly string[] =>
  groupId === null ? [] : [`one of several series; all of them: botcriptofy sweeps series ${id}`]

const searchLines = ({ search, rounds, status }: SweepView): readonly string[] => {
  if (search.method === 'grid') return []
  const last = rounds.at(-1)
  if (last === undefined) return [`search: ${search.method}`]
  const share = last.share === 1 ? 'all bars' : `the first ${percent(last.share)} of the bars`
  const round = `${status === 'completed' ? 'last round' : 'round'} ${last.round}: ${last.runs} runs over ${share}`
  return [`search: ${search.method}, seed ${search.seed}; ${round}`]
}

const budgetLines = ({ budget, stoppedBy }: SweepView): readonly string[] => {
  if (budget === null) return []
  const { runs, seconds } = budget
  const bounds = [
    ...(runs === undefined ? [] : [`${runs} runs`]),
    ...(seconds === undefined ? [] : [`${seconds} s`]),
  ]
  return [`budget: ${bounds.join(', ')}${stoppedBy === null ? '' : '; it ended the sweep'}`]
}

/** Where the score is one metric, higher first, the table shows it under its name. */
const scoreLines = ({ objective, scoring }: SweepView): readonly string[] => {
  if (scoring === null || (scoring.constraints.length === 0 && objective === scoring.terms[0]?.metric))
    return []
  const bounds = scoring.constraints.flatMap(({ metric, atLeast, atMost }) => [
    ...(atLeast === undefined ? [] : [`${metric} at least ${atLeast}`]),
    ...(atMost === undefined ? [] : [`${metric} at most ${atMost}`]),
  ])
  const kept = bounds.length === 0 ? '' : `; runs come last unless ${bounds.join(', ')}`
  return [`score: ${objective}, the highest first${kept}`]
}
