import { err, type Problem, type Result } from '../kernel/index.ts'
import { parseTimeframe, timeframeText } from '../market/index.ts'

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
