import { describe, expect, it } from 'vitest'
import { firstBarAt } from './first-bar.ts'

describe('firstBarAt', () => {
  it.each<readonly [readonly number[], number, number]>([
    [[], 5, 0],
    [[10], 9, 0],
    [[10], 10, 0],
    [[10], 11, 1],
    [[10, 20, 40, 50], 20, 1],
    [[10, 20, 40, 50], 21, 2],
    [[10, 20, 40, 50], 51, 4],
  ])('in %j finds %d at %d', (time, instant, bar) => {
    expect(firstBarAt(Float64Array.from(time), instant)).toBe(bar)
  })
})
