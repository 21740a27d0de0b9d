import { describe, expect, it } from 'vitest'
import { BadInput } from '../failure.ts'
import { parseInstant } from './instant.ts'

describe('parseInstant', () => {
  it.each([
    ['2023-01-01', Date.UTC(2023, 0, 1)],
    ['2023-01-01T05:30', Date.UTC(2023, 0, 1, 5, 30)],
    ['2023-01-01T05:30:01.5Z', Date.UTC(2023, 0, 1, 5, 30, 1, 500)],
    ['1672531200000', 1672531200000],
  ])('reads %s as UTC', (text, expected) => {
    expect(parseInstant(text, '--from')).toBe(expected)
  })

  it.each(['', '2023', '01.02.2023', '2023-13-01', '2023-02-29', '2023-01-01T05:30+02:00', 'yesterday', '0'])(
    'refuses %o',
    (text) => {
      expect(() => parseInstant(text, '--from')).toThrow(BadInput)
      expect(() => parseInstant(text, '--from')).toThrow(/^--from: expected a UTC date/)
    },
  )
})
