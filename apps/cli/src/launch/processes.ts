import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { inheritedEnvironment } from '../config.ts'
import { repositoryRoot } from '../root.ts'

export interface ProcessSpec {
  readonly name: string
  readonly app: string
  readonly env: Readonly<Record<string, string>>
}

export interface Supervisor {
  readonly stop: () => Promise<void>
  /** Rejects when a process ends before `stop` and again after it was started anew. */
  readonly failure: Promise<never>
}

const RESTART_AFTER_MS = 1000
/** A process that lived this long gets a fresh count: restarts are for crashes, not for a broken configuration. */
const HEALTHY_AFTER_MS = 60_000
const MAX_RESTARTS = 3

/** Runs the apps as child processes of the launcher, each with a log file, and starts one anew when it dies. */
export const supervise = (specs: readonly ProcessSpec[], logDirectory: string): Supervisor => {
  mkdirSync(logDirectory, { recursive: true })
  const living = new Map<string, ChildProcess>()
  let isStopping = false
  let fail: (error: Error) => void = () => undefined
  const failure = new Promise<never>((_, reject) => (fail = reject))
  failure.catch(() => undefined)

  const start = (spec: ProcessSpec, restarts: number): void => {
    const startedMs = Date.now()
    const logFile = join(logDirectory, `${spec.name}.log`)
    const log = openSync(logFile, 'a')
    const child = spawn(process.execPath, [join(repositoryRoot, 'apps', spec.app, 'dist', 'main.js')], {
      env: { ...inheritedEnvironment(), ...spec.env },
      // The channel closes when the launcher dies, however it dies; that tells the child to stop.
      stdio: ['ignore', log, log, 'ipc'],
      // Ctrl-C on the terminal reaches the launcher alone, which then stops everything in order.
      detached: true,
    })
    closeSync(log)
    living.set(spec.name, child)
    child.once('exit', (code, signal) => {
      living.delete(spec.name)
      if (isStopping) return
      const count = Date.now() - startedMs > HEALTHY_AFTER_MS ? 0 : restarts
      if (count >= MAX_RESTARTS) {
        fail(
          new Error(
            `${spec.name} ended (${signal ?? `status ${code}`}) again and again; its log: ${logFile}`,
          ),
        )
        return
      }
      process.stderr.write(
        `${spec.name} ended (${signal ?? `status ${code}`}) and is started anew; its log: ${logFile}\n`,
      )
      setTimeout(() => isStopping || start(spec, count + 1), RESTART_AFTER_MS)
    })
  }
  for (const spec of specs) start(spec, 0)

  // In the order given: who takes requests stops before who serves them.
  const stop = async () => {
    isStopping = true
    for (const { name } of specs) {
      const child = living.get(name)
      if (child === undefined) continue
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
    }
  }
  return { stop, failure }
}
