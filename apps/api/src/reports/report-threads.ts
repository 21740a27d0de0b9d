import { fileURLToPath } from 'node:url'
import type { JudgedColumns, SweepValidity } from '@botcriptofy/contracts/sweep'
import { Piscina } from 'piscina'
import { HttpProblem } from '../problem.ts'
import type { HistoryTask, ReportTask, simulate } from './report.thread.ts'

export interface ReportThreads {
  /** `prepare` loads what the page is made of; it is called only when there is room for one more. */
  readonly render: (prepare: () => Promise<ReportTask>) => Promise<string>
  readonly judge: (prepare: () => Promise<JudgedColumns>) => Promise<SweepValidity>
  readonly simulate: (prepare: () => Promise<HistoryTask>) => Promise<ReturnType<typeof simulate>>
  readonly close: () => Promise<void>
}

export interface ReportLimits {
  /** Reports that may be loaded, waiting or drawn at once; each holds its data in memory. */
  readonly atOnce: number
  /** For waiting and drawing. */
  readonly limitMs: number
}

const LIMITS: ReportLimits = { atOnce: 8, limitMs: 60_000 }
/** Such as a report takes; a client that asks again then likely finds room. */
const RETRY_AFTER_S = '5'

/** From source the thread is TypeScript and needs the loader; from dist it is plain JavaScript. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const SOURCE_FLAGS = ['--import', 'tsx', '--conditions', '@botcriptofy/source']
const IDLE_MS = 60_000

/**
 * A report of half a million bars, or of a hundred thousand runs, takes about a second to draw, for which the API would
 * answer nobody. One thread does it: it starts with the first report and ends when none was asked for during a minute.
 */
export const openReportThreads = ({ atOnce, limitMs }: ReportLimits = LIMITS): ReportThreads => {
  const pool = new Piscina({
    filename: fileURLToPath(new URL(`./report.thread.${extension}`, import.meta.url)),
    // A thread loads this one when it starts.
    name: 'renderPage',
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: IDLE_MS,
    ...(extension === 'ts' ? { execArgv: SOURCE_FLAGS } : {}),
  })
  let admitted = 0

  const run = async <Task>(name: string, prepare: () => Promise<Task>): Promise<unknown> => {
    if (admitted >= atOnce) throw busy(`expected at most ${atOnce} reports at once, was one more`)
    admitted++
    try {
      const task = await prepare()
      const signal = AbortSignal.timeout(limitMs)
      return await pool.run(task, { name, signal }).catch((error: unknown) => {
        throw signal.aborted ? busy(`expected a report within ${limitMs / 1000} s, was longer`) : error
      })
    } finally {
      admitted--
    }
  }
  return {
    render: async (prepare) => (await run('renderPage', prepare)) as string,
    judge: async (prepare) => (await run('judge', prepare)) as SweepValidity,
    simulate: async (prepare) => (await run('simulate', prepare)) as ReturnType<typeof simulate>,
    close: () => pool.destroy(),
  }
}

const busy = (detail: string) =>
  new HttpProblem('BUSY', { detail, headers: { 'retry-after': RETRY_AFTER_S } })
