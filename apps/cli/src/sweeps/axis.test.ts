import { describe, expect, test } from 'vitest'
import { parseAxis } from './axis.ts'

describe('parseAxis', () => {
  test.each([
    ['a.b=5,10', ['a.b', [5, 10]]],
    ['a.b=0.5', ['a.b', [0.5]]],
    ['a.b=5:50:5', ['a.b', { from: 5, to: 50, step: 5 }]],
    ['a.b=-1,1e3', ['a.b', [-1, 1000]]],
  ])('reads %s', (text, expected) => {
    expect(parseAxis(text)).toEqual(expected)
  })

  test.each(['', 'a', 'a=', '=1', 'a=x', 'a=1,', 'a=1:2', 'a=1:2:3:4', 'a=1:x:2', 'a=Infinity'])(
    'refuses %j',
    (text) => {
      expect(() => parseAxis(text)).toThrow(/--param: expected/)
    },
  )
})
