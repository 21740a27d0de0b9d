import type { SignalReason, Trade } from '@botcriptofy/engine/backtest'
import type { ExplainedComparison } from '@botcriptofy/engine/strategy'
import { greatestDivisor } from '../page/pack-bars.ts'
import { base64, packFloat32, packNaturals } from '../page/pack.ts'
import type { BacktestReportData } from './data.ts'

/** Of all trades together; the page has to stay small. */
const MOST_COMPARISONS = 5000

/** A comparison without its values: left, operator, right, and whether the rule rests on its not holding. */
type Form = readonly [left: string, op: string, right: string, isDenied: boolean]

/** Reasons for the scripts of a page; base64 where it says so. */
export interface PackedReasons {
  /** Trades with reasons, from the first. */
  readonly count: number
  readonly forms: readonly Form[]
  /**
   * Naturals in base64. A trade: its entry, then its exit. Each of them: how many comparisons follow, how many more there
   * were, the time from the bar that decided to the fill in units of `unitMs`, and the forms of the comparisons.
   */
  readonly signals: string
  readonly unitMs: number
  /** Float32 in base64: values of left and right, for crosses followed by both one bar before; NaN where undefined. */
  readonly values: string
}

const isCross = ({ left }: ExplainedComparison): boolean => left.before !== undefined

const valuesOf = (comparison: ExplainedComparison): readonly number[] => {
  const { left, right } = comparison
  const now = [left.value, right.value]
  const all = isCross(comparison) ? [...now, left.before ?? null, right.before ?? null] : now
  return all.map((value) => value ?? Number.NaN)
}

class Forms {
  readonly list: Form[] = []
  readonly #places = new Map<string, number>()

  placeOf({ left, op, right, holds }: ExplainedComparison): number {
    const form: Form = [left.text, op, right.text, !holds]
    const key = JSON.stringify(form)
    const known = this.#places.get(key)
    if (known !== undefined) return known
    this.#places.set(key, this.list.length)
    return this.list.push(form) - 1
  }
}

interface Signal {
  readonly reason: SignalReason | null
  /** From the open of the bar that decided to that of the fill. */
  readonly delayMs: number
}

/** The reasons of a run that is no longer than a page may hold. */
export const packReasons = ({ result, candles, detail }: BacktestReportData): PackedReasons => {
  let comparisons = 0
  const fits = detail.reasons.findIndex(({ entry, exit }) => {
    comparisons += (entry?.comparisons.length ?? 0) + (exit?.comparisons.length ?? 0)
    return comparisons > MOST_COMPARISONS
  })
  const shown = fits < 0 ? detail.reasons : detail.reasons.slice(0, fits)
  const signalOf = (reason: SignalReason | null, fillMs: number): Signal => ({
    reason,
    delayMs: reason === null ? 0 : fillMs - (candles.time[reason.bar] as number),
  })
  const signals = shown.flatMap(({ entry, exit }, row) => {
    const { entryTime, exitTime } = result.trades[row] as Trade
    return [signalOf(entry, entryTime), signalOf(exit, exitTime)]
  })
  const unitMs = Math.max(1, signals.map(({ delayMs }) => delayMs).reduce(greatestDivisor, 0))
  const forms = new Forms()
  const all = signals.map(({ reason }) => reason?.comparisons ?? [])
  return {
    count: shown.length,
    signals: base64(
      packNaturals(
        signals.flatMap(({ reason, delayMs }, at) => {
          const own = all[at] ?? []
          return [own.length, reason?.more ?? 0, delayMs / unitMs, ...own.map((each) => forms.placeOf(each))]
        }),
      ),
    ),
    forms: forms.list,
    unitMs,
    values: packFloat32(all.flat().flatMap(valuesOf)),
  }
}
