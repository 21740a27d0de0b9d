import { METRIC_KEYS } from '@botcriptofy/engine/metrics'
import type { JudgedColumns } from '@botcriptofy/contracts/sweep'
import { afterEach, describe, expect, it } from 'vitest'
import { openReportThreads, type ReportLimits, type ReportThreads } from './report-threads.ts'

const sweep: JudgedColumns = {
  id: '0198c0de-0000-7000-8000-000000000001',
  objective: 'sharpe',
  failed: 1,
  periodsPerYear: 365,
  sharpest: {
    ordinal: 1,
    params: { x: 2 },
    metrics: Object.fromEntries(METRIC_KEYS.map((key) => [key, null])) as never,
  },
  lastBarMs: null,
  compared: { runs: 2, known: 0, ordinals: [], blocks: [], best: null },
  trials: {
    paths: ['x'],
    ordinal: Int32Array.of(0, 1, 2),
    params: [Float64Array.of(1, 2, 3)],
    objective: Float64Array.of(1, 2, Number.NaN),
    violation: new Float64Array(3),
    share: new Float64Array(3).fill(1),
    metrics: { sharpe: Float64Array.of(1, 2, Number.NaN) },
    isFailed: Uint8Array.of(0, 0, 1),
    isLowSample: Uint8Array.of(0, 0, 0),
  },
}

describe('the threads that draw reports', () => {
  let threads: ReportThreads
  const open = (limits?: ReportLimits) => (threads = openReportThreads(limits))
  afterEach(() => threads.close())

  it('judge the columns of a sweep', async () => {
    const validity = await open().judge(async () => sweep)
    expect(validity).toMatchObject({ runs: 3, best: { ordinal: 1, params: { x: 2 }, value: 2 } })
    expect(validity.plateau).toMatchObject({ neighbours: 1, missing: 1 })
  })

  it('take so many at once, refuse one more before it is loaded, and take it when there is room', async () => {
    open({ atOnce: 1, limitMs: 60_000 })
    let load = (_: JudgedColumns) => {}
    const first = threads.judge(() => new Promise((resolve) => (load = resolve)))
    let isLoaded = false
    const second = threads.judge(async () => {
      isLoaded = true
      return sweep
    })
    await expect(second).rejects.toMatchObject({
      code: 'BUSY',
      statusCode: 503,
      detail: 'expected at most 1 reports at once, was one more',
      headers: { 'retry-after': '5' },
    })
    expect(isLoaded).toBe(false)
    load(sweep)
    await first
    expect(await threads.judge(async () => sweep)).toMatchObject({ runs: 3 })
  })

  it('give a report up after its time, and make room', async () => {
    // No thread starts in a millisecond.
    open({ atOnce: 1, limitMs: 1 })
    const late = { code: 'BUSY', detail: 'expected a report within 0.001 s, was longer' }
    await expect(threads.judge(async () => sweep)).rejects.toMatchObject(late)
    await expect(threads.judge(async () => sweep)).rejects.toMatchObject(late)
  })

  it('make room after a load that fails', async () => {
    open({ atOnce: 1, limitMs: 60_000 })
    const failing = threads.judge(() => Promise.reject(new Error('no rows')))
    await expect(failing).rejects.toThrow('no rows')
    expect(await threads.judge(async () => sweep)).toMatchObject({ runs: 3 })
  })
})
