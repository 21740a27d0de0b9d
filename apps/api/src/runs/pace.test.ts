import { describe, expect, it } from 'vitest'
import { paceOf } from './pace.ts'

const row = { status: 'running' as const, total: 1000, remaining: 400, recent: 300, running_ms: 120_000 }

describe('the pace of a run', () => {
  it.each([
    ['is that of the last half minute', {}, 10, 40_000],
    ['is that of its whole time while that is shorter', { running_ms: 6000, recent: 600 }, 100, 4000],
    ['is the mean since the start where no chunk ended of late', { recent: 0 }, 5, 80_000],
    ['counts at least a second', { running_ms: 20, recent: 600 }, 600, 667],
    ['is unknown before the first run has ended', { remaining: 1000, recent: 0 }, null, null],
    ['is unknown before it starts', { status: 'queued' as const, running_ms: null }, null, null],
    ['is unknown while it is paused', { status: 'paused' as const }, null, null],
    ['is unknown when it has ended', { status: 'completed' as const, remaining: 0 }, null, null],
  ])('%s', (_, changes, ratePerSecond, timeLeftMs) => {
    expect(paceOf({ ...row, ...changes })).toMatchObject({ ratePerSecond, timeLeftMs })
  })

  it('says how much is done', () => {
    expect(paceOf(row)).toMatchObject({ done: 600, total: 1000, fraction: 0.6 })
  })
})
