import { describe, expect, it } from 'vitest'
import { FAULT_KINDS } from './fault-kinds.ts'
import { planFaults } from './schedule.ts'

const fleet = { workers: ['w1', 'w2', 'w3'], controls: ['c1', 'c2'], apis: ['a1'] }
const plan = (seed: number, minutes: number) => planFaults({ seed, durationMs: minutes * 60_000, fleet })

describe('the plan of faults', () => {
  it('is the same for the same seed and another for another', () => {
    expect(plan(7, 1)).toEqual(plan(7, 1))
    expect(plan(7, 1)).not.toEqual(plan(8, 1))
  })

  it('of a longer run begins as that of a shorter one', () => {
    const short = plan(3, 0.5)
    expect(short.length).toBeGreaterThan(8)
    expect(plan(3, 5).slice(0, short.length)).toEqual(short)
  })

  it('has every kind within four minutes, each on a target it can hit', () => {
    const faults = plan(1, 4)
    expect(new Set(faults.map(({ fault }) => fault))).toEqual(new Set(FAULT_KINDS.map(({ name }) => name)))
    for (const { fault, target } of faults) {
      if (fault.endsWith('-worker')) expect(fleet.workers).toContain(target)
      if (fault.startsWith('deliver')) expect(target).toBe('deliveries')
    }
  })

  it('never hits a target that another fault still holds, nor more than three at once', () => {
    for (let seed = 0; seed < 200; seed++) {
      const faults = plan(seed, 2)
      for (const [index, { atMs, target }] of faults.entries()) {
        const active = faults.slice(0, index).filter((other) => other.atMs + other.holdMs >= atMs)
        expect(active.length).toBeLessThan(3)
        expect(active.map((other) => other.target)).not.toContain(target)
      }
    }
  })

  it('stays inside the time and the holds of its kinds', () => {
    for (const { fault, atMs, holdMs } of plan(5, 3)) {
      const [least, most] = FAULT_KINDS.find(({ name }) => name === fault)?.holdMs ?? [1, 0]
      expect(holdMs).toBeGreaterThanOrEqual(least)
      expect(holdMs).toBeLessThanOrEqual(most)
      expect(atMs).toBeLessThan(180_000)
    }
  })
})
