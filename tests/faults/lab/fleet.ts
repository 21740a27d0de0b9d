import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type AppProcess, type Exit, startApp } from '@botcriptofy/testkit/process'
import { waitFor } from '@botcriptofy/testkit/wait'
import { type FaultProxy, startProxy } from './proxy.ts'

/** Ends of processes that the lab did not cause. */
export interface UnaskedExit {
  readonly name: string
  readonly pid: number
  readonly exit: Exit
  /** Whether it had been ready; one that finds no service at its start may end with one line and be started again. */
  readonly wasReady: boolean
  readonly lastWords: string
}

export interface Member {
  readonly name: string
  readonly redis: FaultProxy
  readonly postgres: FaultProxy
  /** Every process that had this name. */
  readonly pids: readonly number[]
  readonly kill: () => Promise<void>
  readonly start: () => void
  readonly signal: (signal: NodeJS.Signals) => void
  /** Sets the wall clock of the process off by so much. */
  readonly stepClock: (offsetMs: number) => void
  /** Asks the process to end and waits: its exit status, or null if it has to be killed. */
  readonly stop: (limitMs: number) => Promise<Exit | null>
  readonly untilReady: () => Promise<void>
  /** What was written to stderr and stdout by all processes of this name that have ended, and by the one that runs. */
  readonly output: () => string
}

export interface MemberOptions {
  readonly name: string
  readonly app: 'worker' | 'api'
  readonly env: Readonly<Record<string, string>>
  readonly services: { readonly databaseUrl: string; readonly redisUrl: string }
  readonly isReady: (process: AppProcess) => Promise<boolean>
  readonly onUnaskedExit: (exit: UnaskedExit) => void
}

/** Long enough not to spin, short enough to be back soon. */
const RESTART_MS = 500
const CLOCK = pathToFileURL(join(import.meta.dirname, 'stepped-clock.mjs')).href

const through = (url: string, proxy: FaultProxy): string => {
  const changed = new URL(url)
  changed.port = String(proxy.port)
  return changed.href
}

const portOf = (url: string): number => Number(new URL(url).port)

/** One process of the lab with the proxies before its services. It is started again when it ends unasked. */
export const openMember = async (
  options: MemberOptions,
): Promise<Member & { close: () => Promise<void> }> => {
  const [redis, postgres] = await Promise.all([
    startProxy(portOf(options.services.redisUrl)),
    startProxy(portOf(options.services.databaseUrl)),
  ])
  const folder = mkdtempSync(join(tmpdir(), 'botcriptofy-lab-'))
  const clockFile = join(folder, 'clock')
  writeFileSync(clockFile, '0')
  const env = {
    ...options.env,
    DATABASE_URL: through(options.services.databaseUrl, postgres),
    REDIS_URL: through(options.services.redisUrl, redis),
    FAULT_LAB_CLOCK: clockFile,
    NODE_OPTIONS: [options.env['NODE_OPTIONS'], `--import=${CLOCK}`].filter(Boolean).join(' '),
  }
  const process_ = new Restarted({ ...options, env })
  return {
    name: options.name,
    redis,
    postgres,
    pids: process_.pids,
    kill: () => process_.kill(),
    start: () => process_.start(),
    signal: (signal) => process_.signal(signal),
    stepClock: (offsetMs) => writeFileSync(clockFile, String(offsetMs)),
    stop: (limitMs) => process_.stop(limitMs),
    untilReady: () => process_.untilReady(),
    output: () => process_.output(),
    close: async () => {
      await process_.kill()
      await Promise.all([redis.close(), postgres.close()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

class Restarted {
  readonly pids: number[] = []
  readonly #options: MemberOptions
  #current: AppProcess | undefined
  #expected: AppProcess | undefined
  #isReady = false
  #restart: NodeJS.Timeout | undefined
  #past = ''

  constructor(options: MemberOptions) {
    this.#options = options
  }

  start(): void {
    clearTimeout(this.#restart)
    if (this.#current !== undefined) return
    const { app, env } = this.#options
    const current = startApp({ app, env })
    this.#current = current
    this.#isReady = false
    this.pids.push(current.pid)
    void this.untilReady().catch(() => undefined)
    void current.exited.then((exit) => this.#onExit(current, exit))
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#current !== undefined) process.kill(this.#current.pid, signal)
  }

  async kill(): Promise<void> {
    clearTimeout(this.#restart)
    const current = this.#current
    if (current === undefined) return
    this.#expected = current
    await current.kill('SIGKILL')
  }

  async stop(limitMs: number): Promise<Exit | null> {
    clearTimeout(this.#restart)
    const current = this.#current
    if (current === undefined) return { code: 0, signal: null }
    this.#expected = current
    const limit = setTimeout(() => void current.kill('SIGKILL'), limitMs)
    const exit = await current.kill('SIGTERM')
    clearTimeout(limit)
    return exit.signal === 'SIGKILL' ? null : exit
  }

  async untilReady(): Promise<void> {
    await waitFor(
      async () => {
        const current = this.#current
        if (current === undefined || !(await this.#options.isReady(current))) return false
        this.#isReady = true
        return true
      },
      { describe: `${this.#options.name} to be ready`, limitMs: 60_000, everyMs: 50 },
    )
  }

  output(): string {
    return this.#past + wordsOf(this.#current)
  }

  #onExit(ended: AppProcess, exit: Exit): void {
    if (this.#current === ended) this.#current = undefined
    this.#past += wordsOf(ended)
    if (this.#expected === ended) return
    this.#options.onUnaskedExit({
      name: this.#options.name,
      pid: ended.pid,
      exit,
      wasReady: this.#isReady,
      lastWords: wordsOf(ended).trim().split('\n').slice(-3).join('\n').slice(-1500),
    })
    this.#restart = setTimeout(() => this.start(), RESTART_MS)
  }
}

const wordsOf = (app: AppProcess | undefined): string => {
  if (app === undefined) return ''
  const { stdout, stderr } = app.output()
  return stdout + stderr
}
