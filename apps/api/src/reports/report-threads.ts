import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import type { ComparedRuns, SweepValidity } from '@botcriptofy/contracts/sweep'
import type { HistoryTask, ReportTask, simulate } from './report.thread.ts'

export interface ReportThreads {
  readonly render: (task: ReportTask) => Promise<string>
  readonly judgeOverfitting: (runs: ComparedRuns) => Promise<SweepValidity['overfitting']>
  readonly simulate: (task: HistoryTask) => Promise<ReturnType<typeof simulate>>
  readonly close: () => Promise<void>
}

/** From source the thread is TypeScript and needs the loader; from dist it is plain JavaScript. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const SOURCE_FLAGS = ['--import', 'tsx', '--conditions', '@botcriptofy/source']
const IDLE_MS = 60_000

/**
 * A report of half a million bars takes about a second to draw, and so does judging a large sweep, for which the API
 * would answer nobody. One thread does it: it starts with the first task and ends when there was none during a minute.
 */
export const openReportThreads = (): ReportThreads => {
  const pool = new Piscina({
    filename: fileURLToPath(new URL(`./report.thread.${extension}`, import.meta.url)),
    name: 'renderPage',
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: IDLE_MS,
    ...(extension === 'ts' ? { execArgv: SOURCE_FLAGS } : {}),
  })
  return {
    render: (task) => pool.run(task),
    judgeOverfitting: (runs) => pool.run(runs, { name: 'judgeOverfitting' }),
    simulate: (task) => pool.run(task, { name: 'simulate' }),
    close: () => pool.destroy(),
  }
}
