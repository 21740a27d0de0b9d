import type { BacktestConfig } from '../backtest/index.ts'
import { barLengthMs, type Candles, sliceCandles } from '../market/index.ts'
import { createSeriesColumns, type Program, type SeriesColumns } from '../strategy/index.ts'
import { chooseCuts } from './cuts.ts'
import { LOOKAHEAD_SUBJECTS, type LookaheadCheck, type LookaheadDifference } from './findings.ts'
import { type NamedColumn, observeRun, type ObservedRun } from './lookahead-run.ts'
import type { Verdict } from './verdict.ts'

export interface LookaheadInput {
  readonly program: Program
  readonly candles: Candles
  readonly config: BacktestConfig
  /** Truncated runs at most. */
  readonly maxCuts?: number | undefined
  /** Longer series are judged by their first bars. */
  readonly maxBars?: number | undefined
  /** Length of a bar, where the candles do not tell it. */
  readonly barMs?: number | undefined
  /** How the columns of a series come about. */
  readonly openSeries?: ((candles: Candles, barMs: number | undefined) => SeriesColumns) | undefined
  /** Told after every run, the whole one included. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

const DEFAULT_MAX_CUTS = 32

const differs = (a: number, b: number): boolean => a !== b && !(Number.isNaN(a) && Number.isNaN(b))

/** Collects differences under their names; the earliest bar of each is kept, the rest is counted. */
const createDifferences = (time: Float64Array) => {
  const byName = new Map<string, LookaheadDifference>()
  return {
    add: (found: Omit<LookaheadDifference, 'timeMs'>): void => {
      const known = byName.get(found.name)
      const first = known === undefined || found.bar < known.bar ? found : known
      const timeMs = time[first.bar]!
      byName.set(found.name, { ...first, timeMs, count: found.count + (known?.count ?? 0) })
    },
    list: (): readonly LookaheadDifference[] =>
      LOOKAHEAD_SUBJECTS.flatMap((subject) =>
        [...byName.values()]
          .filter((difference) => difference.subject === subject)
          .toSorted((a, b) => a.bar - b.bar),
      ),
  }
}

type Differences = ReturnType<typeof createDifferences>

const compareColumns = (
  differences: Differences,
  [whole, part]: readonly [NamedColumn, NamedColumn],
  cut: number,
): void => {
  let bar = -1
  let count = 0
  for (let at = 0; at < cut; at++) {
    if (!differs(whole.values[at]!, part.values[at]!)) continue
    if (count === 0) bar = at
    count++
  }
  if (count === 0) return
  const { subject, name, show } = whole
  differences.add({
    subject,
    name,
    bar,
    cut,
    whole: show(whole.values[bar]!),
    truncated: show(part.values[bar]!),
    count,
  })
}

/** Trades that have ended before the cut have to be there in both runs, one by one. */
const compareTrades = (
  differences: Differences,
  [whole, part]: readonly [ObservedRun, ObservedRun],
  cut: number,
): void => {
  const ended = whole.trades.filter(({ exitBar }) => exitBar < cut)
  const trades = Math.max(ended.length, part.trades.length)
  for (let index = 0; index < trades; index++) {
    const [a, b] = [ended[index], part.trades[index]]
    if (a?.text === b?.text) continue
    differences.add({
      subject: 'trade',
      name: 'trades',
      bar: Math.min(a?.exitBar ?? cut, b?.exitBar ?? cut),
      cut,
      whole: a?.text ?? 'none',
      truncated: b?.text ?? 'none',
      count: trades - index,
    })
    return
  }
}

/** Indicator lines without a value before the longest cut: of them nothing was seen. */
const unseenLines = ({ columns }: ObservedRun, longestCut: number): readonly string[] =>
  columns
    .filter(({ subject, values }) => subject === 'indicator' && isEmpty(values.subarray(0, longestCut)))
    .map(({ name }) => name)

const isEmpty = (values: Float64Array | Uint8Array): boolean => values.every((value) => Number.isNaN(value))

interface Compared {
  readonly bars: number
  readonly cuts: number
  readonly unseen: readonly string[]
  readonly differences: readonly LookaheadDifference[]
}

const verdictOf = ({ differences, cuts, unseen }: Compared): Verdict => {
  if (differences.length > 0) return 'fail'
  return cuts === 0 || unseen.length > 0 ? 'warn' : 'pass'
}

const textOf = ({ differences, cuts, unseen, bars }: Compared): string => {
  const [first] = differences
  if (cuts === 0) return `nothing could be compared: ${bars === 1 ? '1 bar is' : `${bars} bars are`} too few`
  if (first === undefined && unseen.length > 0) {
    return `nothing changed in ${cuts} truncated runs, but nothing could be compared of ${unseen.join(', ')}: ${bars} bars are too few for a value`
  }
  if (first === undefined) return `nothing changed in ${cuts} truncated runs`
  return `${first.name} at bar ${first.bar} is ${first.whole}, but ${first.truncated} when the series ends after ${first.cut} bars: it knows later bars`
}

const openColumns = (candles: Candles, barMs: number | undefined): SeriesColumns =>
  createSeriesColumns(candles, { barMs })

/**
 * Truncates and compares: runs the strategy on the whole series and on series that end earlier, and reports every
 * indicator value, signal, trade and equity point before the end that is not the same in both. Causes come first, so
 * the first difference names what looks ahead.
 */
export const checkLookahead = (input: LookaheadInput): LookaheadCheck => {
  const { program, config, openSeries = openColumns, onProgress } = input
  const barMs = input.barMs ?? barLengthMs(input.candles)
  const rows = Math.min(config.rows ?? Infinity, input.maxBars ?? Infinity, input.candles.time.length)
  const candles = sliceCandles(input.candles, 0, rows)
  const run = (bars: number): ObservedRun =>
    observeRun(program, openSeries(sliceCandles(candles, 0, bars), barMs), config)
  const whole = run(rows)
  const cuts = chooseCuts({
    bars: rows,
    signalBars: whole.signalBars,
    maxCuts: input.maxCuts ?? DEFAULT_MAX_CUTS,
  })
  const found = createDifferences(candles.time)
  cuts.forEach((cut, index) => {
    onProgress?.(index + 1, cuts.length + 1)
    const part = run(cut)
    whole.columns.forEach((column, at) => compareColumns(found, [column, part.columns[at]!], cut))
    compareTrades(found, [whole, part], cut)
  })
  onProgress?.(cuts.length + 1, cuts.length + 1)
  const differences = found.list()
  const unseen = unseenLines(whole, cuts.at(-1) ?? 0)
  const compared = { bars: rows, cuts: cuts.length, unseen, differences }
  return {
    verdict: verdictOf(compared),
    bars: rows,
    cuts,
    comparedValues: whole.columns.length * cuts.reduce((sum, cut) => sum + cut, 0),
    differences,
    text: textOf(compared),
  }
}
