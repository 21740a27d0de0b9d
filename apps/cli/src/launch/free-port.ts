import { createServer } from 'node:net'
import { WorkFailed } from '../failure.ts'

export const DEFAULT_API_PORT = 3000
const PORTS_TRIED = 100

/** The port that was asked for or an error; without a wish 3000, else the next free one. 0 means any. */
export const findApiPort = async (wanted: number | undefined): Promise<number> => {
  if (wanted !== undefined) {
    if (await isFree(wanted)) return wanted
    throw new WorkFailed(`API_PORT: expected a free port, ${wanted} is taken`)
  }
  for (let port = DEFAULT_API_PORT; port < DEFAULT_API_PORT + PORTS_TRIED; port++)
    if (await isFree(port)) return port
  throw new WorkFailed(
    `expected a free port from ${DEFAULT_API_PORT} to ${DEFAULT_API_PORT + PORTS_TRIED - 1}, all are taken`,
  )
}

/** Any free port of loopback. */
export const anyFreePort = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('expected a bound TCP port')
  return address.port
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
