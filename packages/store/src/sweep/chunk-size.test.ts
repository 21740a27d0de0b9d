import { describe, expect, test } from 'vitest'
import { CHUNK_MS, chunkRuns, roundChunkRuns, runCostMs } from './chunk-size.ts'

describe('chunkRuns', () => {
  test.each([
    ['few runs at first, however cheap they look', { bars: 300, computed: 0, computeMs: 0 }, 25],
    ['one run where one is as long as a chunk', { bars: 5_000_000, computed: 0, computeMs: 0 }, 1],
    ['one run where one is longer than a chunk', { bars: 300, computed: 40, computeMs: 400_000 }, 1],
    ['what was measured, not what the bars say', { bars: 5_000_000, computed: 1000, computeMs: 9500 }, 150],
    ['no more than were measured', { bars: 300, computed: 60, computeMs: 60 }, 60],
    ['a bounded number', { bars: 300, computed: 90_000, computeMs: 90 }, 500],
  ])('takes %s', (_what, sweep, runs) => {
    expect(chunkRuns(sweep)).toBe(runs)
  })

  test.each([1, 3, 10, 100, 1000])('aims at chunks of half to five seconds for runs of %d ms', (runMs) => {
    const sweep = { bars: 1, computed: 10_000, computeMs: 10_000 * runMs }
    const chunkMs = chunkRuns(sweep) * runCostMs(sweep)
    expect(chunkMs).toBeGreaterThanOrEqual(500)
    expect(chunkMs).toBeLessThanOrEqual(CHUNK_MS)
  })
})

describe('roundChunkRuns', () => {
  test.each([
    ['all of a round of cheap runs', { bars: 300, computed: 50, computeMs: 25 }, 16, 100],
    ['a part of a round of dearer runs', { bars: 300, computed: 50, computeMs: 975 }, 16, 5],
    ['one run where one is long', { bars: 5_000_000, computed: 0, computeMs: 0 }, 16, 1],
    ['a part of a long round of long runs', { bars: 5_000_000, computed: 0, computeMs: 0 }, 6400, 100],
  ])('is %s', (_what, sweep, runs, most) => {
    expect(roundChunkRuns(sweep, runs)).toBe(most)
  })
})
