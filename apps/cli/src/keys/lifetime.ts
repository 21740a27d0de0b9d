import { BadInput } from '../failure.ts'

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** `90d`, `12h` or `30m` from now. */
export const expiryOf = (text: string, nowMs: number): Date => {
  const [, count, unit] = /^([1-9]\d{0,5})([mhd])$/.exec(text) ?? []
  if (count === undefined || (unit !== 'm' && unit !== 'h' && unit !== 'd')) {
    throw new BadInput(`--expires: expected a time such as 90d, 12h or 30m, was ${text}`)
  }
  return new Date(nowMs + Number(count) * UNIT_MS[unit])
}
