import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startNode } from './run-script.ts'

describe('a program that a test starts', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'loopback-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  /** Runs the code in a program that tells of refusals to a file of its own, not to that of this test. */
  const run = async (code: string) => {
    const file = join(folder, 'refusals')
    const { status, stderr } = await startNode(['--input-type=module', '-e', code], {
      OUTWARD_SOCKETS_FILE: file,
    }).ended
    return { status, stderr, told: () => readFileSync(file, 'utf8') }
  }

  test.each([
    ['a socket', `import net from 'node:net'; net.connect(9, '192.0.2.1')`, '192.0.2.1:9'],
    [
      'a socket by options',
      `import net from 'node:net'; net.connect({ port: 9, host: '192.0.2.1' })`,
      '192.0.2.1:9',
    ],
    ['a socket over IPv6', `import net from 'node:net'; net.connect(9, '2001:db8::1')`, '2001:db8::1:9'],
    [
      'a name, before it is resolved',
      `import net from 'node:net'; net.connect(9, 'a.example')`,
      'a.example:9',
    ],
    ['TLS', `import tls from 'node:tls'; tls.connect(9, '192.0.2.1')`, '192.0.2.1:9'],
    ['fetch', `await fetch('https://a.example')`, 'a.example:443'],
    ['http', `import http from 'node:http'; http.get('http://192.0.2.1:81')`, '192.0.2.1:81'],
    [
      'a datagram',
      `import { createSocket } from 'node:dgram'; createSocket('udp4').send('x', 9, '192.0.2.1')`,
      '192.0.2.1',
    ],
  ])('reaches nobody outside of this machine by %s, and it is noted', async (_, code, address) => {
    const { status, told } = await run(code)
    expect(status).not.toBe(0)
    expect(told()).toContain(`was to ${address}`)
  })

  test.each([
    ['an address', `import net from 'node:net'; net.connect(PORT, '127.0.0.1', () => process.exit(0))`],
    [
      'the name of this machine',
      `import net from 'node:net'; net.connect(PORT, 'localhost', () => process.exit(0))`,
    ],
    ['no address', `import net from 'node:net'; net.connect(PORT, () => process.exit(0))`],
    ['a URL', `await fetch('http://127.0.0.1:PORT').catch(() => undefined)`],
  ])('reaches loopback by %s', async (_, code) => {
    const server = createServer((_, response) => response.end()).listen(0, 'localhost')
    await new Promise((resolve) => server.once('listening', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('expected a port')
    try {
      const { status, stderr, told } = await run(code.replaceAll('PORT', String(address.port)))
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      expect(told).toThrow('ENOENT')
    } finally {
      server.close()
    }
  })
})
