import { describe, expect, it } from 'vitest'
import { DENIAL_CODES, RISK_DENIAL_CODES } from './index.ts'

const ALL: readonly string[] = [...DENIAL_CODES, ...RISK_DENIAL_CODES]

describe('denial codes', () => {
  it('name a reason each, whether the venue or the risk budget refused', () => {
    expect(new Set(ALL).size).toBe(ALL.length)
  })

  it('are stable names in capitals, as users count and script them', () => {
    expect(ALL.filter((code) => !/^[A-Z]+(?:_[A-Z]+)*$/.test(code))).toEqual([])
  })
})
