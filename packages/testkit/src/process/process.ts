import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { bareEnvironment, repositoryRoot } from '../config.ts'
import { waitFor } from '../wait/index.ts'

export interface AppOptions {
  /** Folder under apps, e.g. `worker`. */
  readonly app: string
  readonly args?: readonly string[]
  /** Added to PATH, HOME, LANG and TMPDIR; nothing else is inherited. */
  readonly env?: Readonly<Record<string, string>>
  /** Working directory; the repository's root when absent. */
  readonly cwd?: string
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface AppProcess {
  readonly pid: number
  readonly exited: Promise<Exit>
  /** Everything written so far. */
  readonly output: () => { readonly stdout: string; readonly stderr: string }
  /** The first match in stdout or stderr; fails with the whole output when the app ends or the limit is reached. */
  readonly waitForOutput: (
    pattern: RegExp,
    options?: { readonly limitMs?: number },
  ) => Promise<RegExpExecArray>
  /** Signals this process alone, by its id, and waits for its end. */
  readonly kill: (signal: NodeJS.Signals) => Promise<Exit>
}

const living = new Set<ChildProcessByStdio<null, Readable, Readable>>()
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL')
})

/** What the suite preloads into Node is kept beside what the caller wants to. */
const childEnvironment = (own: AppOptions['env'] = {}): Record<string, string> => {
  const bare = bareEnvironment()
  const preloads = [bare['NODE_OPTIONS'], own['NODE_OPTIONS']].filter((flags) => flags !== undefined)
  return { ...bare, ...own, NODE_OPTIONS: preloads.join(' ') }
}

/** Starts an app as its own process from its build, the way it runs in production. */
export const startApp = (options: AppOptions): AppProcess => {
  const entry = join(repositoryRoot, 'apps', options.app, 'dist/main.js')
  const child = spawn(process.execPath, [entry, ...(options.args ?? [])], {
    cwd: options.cwd ?? repositoryRoot,
    env: childEnvironment(options.env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  living.add(child)
  return observe(child, options.app)
}

const observe = (child: ChildProcessByStdio<null, Readable, Readable>, app: string): AppProcess => {
  const { pid } = child
  if (pid === undefined) throw new Error(`expected ${app} to start, was refused by the system`)
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  let exit: Exit | undefined
  const exited = once(child, 'close').then(() => {
    living.delete(child)
    exit = { code: child.exitCode, signal: child.signalCode }
    return exit
  })

  const waitForOutput: AppProcess['waitForOutput'] = async (pattern, limits) => {
    const find = () => pattern.exec(stdout) ?? pattern.exec(stderr)
    const found = await waitFor(() => find() ?? exit, {
      describe: `${app} to print ${String(pattern)}`,
      limitMs: limits?.limitMs ?? 60_000,
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${stdout}\n${stderr}`, { cause: error })
    })
    if (Array.isArray(found)) return found
    throw new Error(
      `${app} ended with ${JSON.stringify(found)} before ${String(pattern)}\n${stdout}\n${stderr}`,
    )
  }
  const kill: AppProcess['kill'] = async (signal) => {
    if (exit === undefined) child.kill(signal)
    return exited
  }
  return { pid, exited, output: () => ({ stdout, stderr }), waitForOutput, kill }
}
