import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import type { ReportTask } from './render.thread.ts'

export interface ReportThreads {
  readonly render: (task: ReportTask) => Promise<string>
  readonly close: () => Promise<void>
}

/** From source the thread is TypeScript and needs the loader; from dist it is plain JavaScript. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const SOURCE_FLAGS = ['--import', 'tsx', '--conditions', '@botcriptofy/source']
const IDLE_MS = 60_000

/**
 * A report of half a million bars takes about a second to draw, for which the API would answer nobody. One thread does
 * it: it starts with the first report and ends when none was asked for during a minute.
 */
export const openReportThreads = (): ReportThreads => {
  const pool = new Piscina<ReportTask, string>({
    filename: fileURLToPath(new URL(`./render.thread.${extension}`, import.meta.url)),
    name: 'renderPage',
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: IDLE_MS,
    ...(extension === 'ts' ? { execArgv: SOURCE_FLAGS } : {}),
  })
  return { render: (task) => pool.run(task), close: () => pool.destroy() }
}
