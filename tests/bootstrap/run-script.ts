import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { bareEnvironment } from '@botcriptofy/testkit/process'

export interface ScriptEnd {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunningScript {
  readonly child: ChildProcess
  readonly ended: Promise<ScriptEnd>
}

export const scriptPath = (name: string): string =>
  fileURLToPath(new URL(`../../scripts/${name}`, import.meta.url))

/** Runs Node with these arguments; what the suite's own services are stays hidden from it. */
export const startNode = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): RunningScript => {
  const child = spawn(process.execPath, [...args], {
    env: { ...bareEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = new Promise<ScriptEnd>((resolve) => {
    child.on('close', (status) => resolve({ status, stdout, stderr }))
  })
  return { child, ended }
}

export const runServices = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ScriptEnd> => startNode([scriptPath('services.mjs'), ...args], env).ended

export interface ServicesUp {
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly started: { readonly postgres: boolean; readonly redis: boolean }
  readonly dataDir: string
  readonly pids: { readonly postgres: number; readonly redis: number }
}

/** `services.mjs … --json`, which must succeed. */
export const servicesJson = async <T>(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<T> => {
  const { status, stdout, stderr } = await runServices([...args, '--json'], env)
  if (status !== 0) throw new Error(`expected ${args.join(' ')} to succeed, was ${status}: ${stderr}`)
  const answer: T = JSON.parse(stdout)
  return answer
}

const idlers = new Set<ChildProcess>()

/** A process that lives until it is killed: the holder of a lease. */
export const startIdler = (): ChildProcess & { readonly pid: number } => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  const { pid } = child
  if (pid === undefined) throw new Error('expected an idle process to start')
  idlers.add(child)
  return Object.assign(child, { pid })
}

export const killIdlers = (): void => {
  for (const child of idlers) child.kill('SIGKILL')
  idlers.clear()
}

/** Ends a process without warning and waits until it is gone. */
export const killAndWait = async (child: ChildProcess): Promise<void> => {
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}
