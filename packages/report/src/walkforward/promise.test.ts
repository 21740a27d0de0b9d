import { expect, it } from 'vitest'
import { promisedEquity } from './promise.ts'

it('grows at the rate of each training while its test lasts', () => {
  // 21 % in two units of training is 10 % in one; then a training that lost 36 % in two, 20 % in one.
  const windows = [
    { testFromMs: 10, testMs: 1, trainMs: 2, trainReturn: 0.21 },
    { testFromMs: 11, testMs: 2, trainMs: 2, trainReturn: -0.36 },
  ]
  const promised = promisedEquity(windows, [10, 11, 12, 13], 100)
  expect(promised.map((value) => Number(value.toFixed(9)))).toEqual([100, 110, 88, 70.4])
})
