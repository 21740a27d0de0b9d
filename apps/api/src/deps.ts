import type { Log } from '@botcriptofy/runtime/log'
import type { Registry } from '@botcriptofy/runtime/metrics'
import type { openQueue } from '@botcriptofy/runtime/queue'
import type { Redis } from '@botcriptofy/runtime/redis'
import type { Traces } from '@botcriptofy/runtime/traces'
import type { OpenDatabase } from '@botcriptofy/store/database'
import type { Migration } from '@botcriptofy/store/migrate'
import type { ApiConfig } from './config.ts'
import type { ReportThreads } from './reports/report-threads.ts'

/** All that routes use; opened and closed by `main.ts`, or by a test. */
export interface ApiDeps {
  readonly config: Pick<
    ApiConfig,
    'API_PUBLIC_URL' | 'API_RATE_LIMIT_PER_MINUTE' | 'IMPORT_MAX_BYTES' | 'QUEUE_NAMESPACE'
  >
  readonly database: OpenDatabase
  /** Rate limits, last prices and the readiness check; jobs go through the outbox. */
  readonly redis: Redis
  /** Shown in the console, never added to. */
  readonly queues: readonly ReturnType<typeof openQueue>[]
  readonly migrations: readonly Migration[]
  readonly metrics: Registry
  readonly traces: Traces
  readonly log: Log
  /** True from the moment the process was told to stop. */
  readonly isDraining: () => boolean
}

/** With the thread for what takes long to draw or to judge; it ends with the app. */
export interface ReportingDeps extends ApiDeps {
  readonly reports: ReportThreads
}
