import { once } from 'node:events'
import { type AppProcess, startApp } from '@botcriptofy/testkit/process'
import { waitFor } from '@botcriptofy/testkit/wait'
import { WebSocket } from 'ws'

export interface RunningSimulator {
  readonly url: string
  readonly webSocketUrl: string
  readonly app: AppProcess
  readonly command: (name: 'drop-connections' | 'announce-shutdown') => Promise<void>
  /** A fault of the next frames, as `POST /simulator/faults` takes it. */
  readonly fault: (order: Readonly<Record<string, unknown>>) => Promise<void>
}

/** The simulator as its own process on a free port. */
export const startSimulator = async (env: Readonly<Record<string, string>>): Promise<RunningSimulator> => {
  const app = startApp({ app: 'simulator', env })
  const [, url = ''] = await app.waitForOutput(/"url":"(http:[^"]+)"/, { limitMs: 30_000 })
  const post = async (name: string, body?: object) => {
    const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const answer = await fetch(`${url}/simulator/${name}`, { method: 'POST', ...(body ? json : {}) })
    if (!answer.ok) throw new Error(`${name}: expected HTTP 200, was ${answer.status}`)
  }
  const command = (name: string) => post(name)
  const fault = (order: Readonly<Record<string, unknown>>) => post('faults', order)
  return { url, webSocketUrl: url.replace('http', 'ws'), app, command, fault }
}

export type Frame = Readonly<Record<string, unknown>>

export interface Client {
  readonly frames: readonly Frame[]
  readonly send: (message: unknown) => void
  /** The first frame that fits, from now or before. */
  readonly waitForFrame: (describe: string, fits: (frame: Frame) => boolean) => Promise<Frame>
  readonly closed: Promise<number>
  readonly close: () => void
}

/** A plain WebSocket client that keeps what it hears. */
export const connectClient = async (url: string): Promise<Client> => {
  const socket = new WebSocket(url)
  const frames: Frame[] = []
  socket.on('message', (data) => {
    if (Buffer.isBuffer(data)) frames.push(JSON.parse(data.toString('utf8')))
  })
  const closed = once(socket, 'close').then(([code]) => Number(code))
  await once(socket, 'open')
  return {
    frames,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    waitForFrame: (describe, fits) => waitFor(() => frames.find(fits), { describe }),
    closed,
    close: () => socket.close(),
  }
}
