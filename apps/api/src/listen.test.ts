import { createServer, type Server } from 'node:net'
import { once } from 'node:events'
import { fastify, type FastifyInstance } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { FIRST_PORT, listen } from './listen.ts'

const host = '127.0.0.1'
const apps: FastifyInstance[] = []
const servers: Server[] = []
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()))
  for (const server of servers.splice(0)) server.close()
})

const start = (port: number | undefined) => {
  const app = fastify()
  apps.push(app)
  return listen(app, { host, port })
}

describe('listen', () => {
  it('takes the first free port from 3000 when none is asked for', async () => {
    const first = await start(undefined)
    const second = await start(undefined)
    expect(first).toBeGreaterThanOrEqual(FIRST_PORT)
    expect(second).toBeGreaterThan(first)
  })

  it('refuses a port that is asked for and taken, by its name', async () => {
    const server = createServer().listen(0, host)
    servers.push(server)
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    await expect(start(port)).rejects.toThrow(`API_PORT: expected a free port, ${port} on ${host} is taken`)
  })

  it('takes any port for 0', async () => {
    expect(await start(0)).toBeGreaterThan(0)
  })
})
