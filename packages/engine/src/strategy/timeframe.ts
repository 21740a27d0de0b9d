import { err, type Problem, type Result } from '../kernel/index.ts'
import { parseTimeframe } from '../market/index.ts'

const UNITS = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const

/** A length in ms as a timeframe is written, in the largest unit that divides it. */
const timeframeText = (ms: number): string => {
  const unit = UNITS.find(([, unitMs]) => ms % unitMs === 0)
  return unit === undefined ? `${ms} ms` : `${ms / unit[1]}${unit[0]}`
}

/** Length in ms of an indicator's timeframe, a whole multiple of the bars' where that is known. */
export const resolveTimeframe = (
  text: string,
  path: string,
  barMs: number | undefined,
): Result<number, Problem> => {
  const parsed = parseTimeframe(text, path)
  if (!parsed.ok || barMs === undefined || parsed.value % barMs === 0) return parsed
  const expected = `a whole multiple of the candles' ${timeframeText(barMs)}`
  return err({ path, expected, actual: JSON.stringify(text) })
}
