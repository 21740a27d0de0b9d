import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { inheritedEnvironment } from '../config.ts'
import { BadInput, WorkFailed } from '../failure.ts'
import { repositoryRoot } from '../root.ts'

export interface RunningSimulator {
  readonly url: string
  readonly symbols: readonly string[]
  /** Rejects when the simulator ends before it was stopped. */
  readonly failure: Promise<never>
  readonly stop: () => Promise<void>
}

/** The settings of the simulator, by their names in its environment, with the option that gives each. */
export const SETTINGS = {
  SIMULATOR_PORT: '--port',
  SIMULATOR_SEED: '--seed',
  SIMULATOR_SPEED: '--speed',
  SIMULATOR_SYMBOLS: '--symbols',
  SIMULATOR_CANDLES_FILE: '--candles',
  SIMULATOR_TIMEFRAME: '--timeframe',
  SIMULATOR_BOOK_LEVELS: '--book-levels',
} as const
export type Settings = Readonly<Partial<Record<keyof typeof SETTINGS, string>>>

const BAD_INPUT_STATUS = 2

/** Starts the simulator as its own process, as it runs in production, and waits until it listens. */
export const startSimulator = async (settings: Settings): Promise<RunningSimulator> => {
  const child = spawn(process.execPath, [join(repositoryRoot, 'apps', 'simulator', 'dist', 'main.js')], {
    env: { ...inheritedEnvironment(), ...settings },
    // The channel closes when this program dies, however it dies; that tells the child to stop.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Ctrl-C on the terminal reaches this program alone, which then stops the simulator.
    detached: true,
  })
  const { stdout, stderr } = child
  if (stdout === null || stderr === null) throw new Error('expected pipes')
  const said: string[] = []
  stderr.setEncoding('utf8').on('data', (text: string) => said.push(text))
  const ended = once(child, 'exit').then(([status]) => Number(status))
  const failure = ended.then((status): never => {
    throw status === BAD_INPUT_STATUS
      ? new BadInput(inOurWords(said.join('')))
      : new WorkFailed(`the simulator ended with status ${status}: ${said.join('').trim()}`)
  })
  failure.catch(() => undefined)
  const listening = new Promise<Listening>((resolve) => {
    createInterface({ input: stdout }).on('line', (line) => {
      const message = listeningOf(line)
      if (message) resolve(message)
    })
  })
  const { url, symbols } = await Promise.race([listening, failure])
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    await ended
  }
  return { url, symbols, failure, stop }
}

interface Listening {
  readonly url: string
  readonly symbols: readonly string[]
}

const listeningOf = (line: string): Listening | undefined => {
  if (!line.includes('"msg":"listening"')) return undefined
  const { url, symbols } = JSON.parse(line)
  return { url: String(url), symbols }
}

/** What the simulator says of its environment, said of the options that fill it. */
const inOurWords = (text: string): string => {
  const reason = text
    .split('\n')
    .map((line) => line.trim().replace(/^(simulator:|-) /, ''))
    .find((line) => line !== '' && !line.endsWith(':'))
  return Object.entries(SETTINGS).reduce(
    (said, [name, option]) => said.replaceAll(name, option),
    reason ?? text.trim(),
  )
}
