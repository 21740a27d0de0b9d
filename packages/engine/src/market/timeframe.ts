import { err, ok, type Problem, type Result } from '../kernel/index.ts'

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** A length in ms as a timeframe is written, in the largest unit that divides it. */
export const timeframeText = (ms: number): string => {
  const unit = Object.entries(UNIT_MS).findLast(([, unitMs]) => ms % unitMs === 0)
  return unit === undefined ? `${ms} ms` : `${ms / unit[1]}${unit[0]}`
}

/**
 * Length in ms of a timeframe as exchanges write it: `1m`, `15m`, `4h`, `1d`, `1w`. Months (`1M`) are refused:
 * they have no fixed length.
 */
export const parseTimeframe = (text: string, path: string): Result<number, Problem> => {
  const [, count = '', unit = ''] = /^([1-9]\d{0,5})([smhdw])$/.exec(text) ?? []
  const unitMs = UNIT_MS[unit]
  if (unitMs === undefined) {
    return err({ path, expected: 'a timeframe such as 1m, 15m, 4h, 1d or 1w', actual: JSON.stringify(text) })
  }
  return ok(Number(count) * unitMs)
}
