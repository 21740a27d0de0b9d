import { describe, expect, test } from 'vitest'
import { BadInput } from '../failure.ts'
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

  test.each([
    [
      '=5:1:1',
      '--param: expected a path into the strategy before =, such as indicators.fast.params.period, was =5:1:1',
    ],
    ['a.b=5:1:1', '--param a.b: expected from:to:step, upwards by a step above 0, such as 5:50:5, was 5:1:1'],
    ['a.b=5:9:0', '--param a.b: expected from:to:step, upwards by a step above 0, such as 5:50:5, was 5:9:0'],
  ])('says what is wrong with %j', (text, message) => {
    expect(() => parseAxis(text)).toThrow(new BadInput(message))
  })
})
