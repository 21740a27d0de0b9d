import { describe, expect, it } from 'vitest'
import { parseTimeframe, timeframeText } from './timeframe.ts'

describe('parseTimeframe', () => {
  it.each([
    ['30s', 30_000],
    ['1m', 60_000],
    ['15m', 900_000],
    ['4h', 14_400_000],
    ['1d', 86_400_000],
    ['1w', 604_800_000],
  ])('reads %s as %d ms', (text, ms) => {
    expect(parseTimeframe(text, 'timeframe')).toEqual({ ok: true, value: ms })
  })

  it.each(['', '1', 'm', '0m', '-1m', '1.5h', '01m', '1M', '1y', ' 1m', '1m ', '1mm', '9999999m'])(
    'refuses %j and says where',
    (text) => {
      expect(parseTimeframe(text, 'timeframe')).toEqual({
        ok: false,
        error: {
          path: 'timeframe',
          expected: 'a timeframe such as 1m, 15m, 4h, 1d or 1w',
          actual: JSON.stringify(text),
        },
      })
    },
  )
})

describe('timeframeText', () => {
  it.each(['30s', '1m', '90m', '4h', '1d', '10d', '1w'])('writes %s as it is read', (text) => {
    const parsed = parseTimeframe(text, 'timeframe')
    expect(parsed.ok && timeframeText(parsed.value)).toBe(text)
  })

  it('gives lengths that no unit divides in ms', () => {
    expect(timeframeText(1500)).toBe('1500 ms')
  })
})
