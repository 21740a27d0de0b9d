import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { startApp } from '@botcriptofy/testkit/process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'botcriptofy-decode-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const TRADE = '{"e":"trade","E":5,"s":"BTCUSDT","t":1,"p":"100.10","q":"2","T":4,"m":false}'
const EVENT = {
  type: 'trade',
  venue: 'binance',
  symbol: 'BTC/USDT',
  exchangeTimeMs: 4,
  tradeId: '1',
  price: '100.10',
  amount: '2',
  side: 'buy',
}

const write = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}
const run = async (...args: readonly string[]) => {
  const app = startApp({ app: 'cli', args: ['decode', ...args], env: {} })
  const { code } = await app.exited
  return { code, ...app.output() }
}
const counts = (frames: number, unknown = 0) =>
  `${JSON.stringify({ frames, events: frames, unknown, checksumFailures: 0 })}\n`

describe('botcriptofy decode', { timeout: 60_000 }, () => {
  it('prints an event a line, and the counts last on standard error', async () => {
    const input = write('plain.txt', `wss://a/ws <-> 1.5\n1.6: ${TRADE}\n\n1.7: {"e":"?"}\n${TRADE}`)
    const { code, stdout, stderr } = await run('--venue', 'binance', '--input', input)
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(events).toEqual([EVENT, expect.objectContaining({ type: 'error' }), EVENT])
    expect({ code, stderr }).toEqual({ code: 0, stderr: counts(3, 1) })
  })

  it('unpacks gzip whatever the name says, and prints what a damaged file holds before the damage', async () => {
    const whole = gzipSync(`${TRADE}\n`.repeat(30_000))
    const packed = await run('--venue', 'binance', '--input', write('packed.txt', whole))
    expect({ code: packed.code, stderr: packed.stderr }).toEqual({ code: 0, stderr: counts(30_000) })
    const cut = await run(
      '--venue',
      'binance',
      '--input',
      write('cut.gz', whole.subarray(0, whole.length - 300)),
    )
    expect(cut.code).toBe(1)
    expect(cut.stderr).toMatch(
      /cut\.gz: expected whole gzip data, was damaged \(.+\)\n\{"frames":\d+,.*\}\n$/,
    )
    expect(cut.stdout).toContain(`${JSON.stringify(EVENT)}\n`)
  })

  it('reads files of several gzip members, with a byte order mark and line ends of Windows', async () => {
    const members = [gzipSync(`\ufeff1.6: ${TRADE}\r\n`), gzipSync(`${TRADE}\r\n${TRADE}`)]
    const input = write('members.gz', Buffer.concat(members))
    const { stdout, stderr } = await run('--venue', 'binance', '--input', input)
    expect(stdout).toBe(`${JSON.stringify(EVENT)}\n`.repeat(3))
    expect(stderr).toBe(counts(3))
  })

  it.each([
    [
      'a file that is not there',
      ['--venue', 'binance', '--input', '/nowhere'],
      /--input: expected a readable file, was \/nowhere \(no such file\)/,
    ],
    [
      'a venue it does not know',
      ['--venue', 'ftx', '--input', '/nowhere'],
      /Allowed choices are binance, coinbase, kraken/,
    ],
    [
      'decimals of another venue',
      ['--venue', 'binance', '--input', '/nowhere', '--precision', 'BTC/USD=1,8'],
      /--precision: expected with --venue kraken/,
    ],
    [
      'decimals that are none',
      ['--venue', 'kraken', '--input', '/nowhere', '--precision', 'BTC/USD'],
      /expected PAIR=PRICE,AMOUNT such as BTC\/USD=1,8, was BTC\/USD/,
    ],
  ])('refuses %s', async (_, args, reason) => {
    const { code, stderr } = await run(...args)
    expect(code).toBe(2)
    expect(stderr).toMatch(reason)
  })
})
