import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { BadInput } from '../failure.ts'
import { describeGaps, readCandleFile } from './candle-file.ts'

const HEADER = 'timestamp,open,high,low,close,volume'
const MINUTE = 60_000

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'candle-file-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const fileOf = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const csvOf = (times: readonly number[]): string =>
  `${HEADER}\n${times.map((time) => `${time},1,2,0.5,1.5,3`).join('\n')}\n`

const failureOf = async (path: string): Promise<unknown> => {
  try {
    await readCandleFile(path)
    return undefined
  } catch (error) {
    return error
  }
}

describe('readCandleFile', () => {
  const text = csvOf(Array.from({ length: 60_000 }, (_, i) => i * MINUTE))

  it.each<[string, string | Uint8Array]>([
    ['plain.csv', text],
    ['packed.csv.gz', gzipSync(text)],
    ['packed-without-the-name.csv', gzipSync(text)],
    ['marked.csv', `\uFEFF${text}`],
  ])('reads every bar of %s', async (name, content) => {
    const candles = await readCandleFile(fileOf(name, content))
    expect(candles.time.length).toBe(60_000)
    expect(candles.time[59_999]).toBe(59_999 * MINUTE)
    expect([candles.open[7], candles.high[7], candles.low[7], candles.close[7], candles.volume[7]]).toEqual([
      1, 2, 0.5, 1.5, 3,
    ])
  })

  it.each<[string, string | Uint8Array, string]>([
    ['empty.csv', '', `line 1: expected the header ${HEADER}, was empty`],
    [
      'late.csv',
      `${text}1,1,1,1,1,1\n`,
      `line 60002: expected timestamp after ${59_999 * MINUTE}, was 1, which is before it`,
    ],
    [
      'cut.csv.gz',
      gzipSync(text).subarray(0, 500),
      'expected whole gzip data, was damaged (unexpected end of file)',
    ],
    ['binary.csv', Uint8Array.of(255, 254, 0, 1), `line 1: expected the header ${HEADER}, was binary data`],
    [
      'rubbish.csv.gz',
      Uint8Array.of(90, 1, 200, 10),
      `line 1: expected the header ${HEADER}, was binary data`,
    ],
    ['marked.csv.gz', Uint8Array.of(0x1f, 0x8b, 200, 10), 'expected whole gzip data, was damaged (unknown '],
    ['words.csv.gz', gzipSync('hello,world\n'), `line 1: expected the header ${HEADER}, was "hello,world"`],
    ['packed-late.csv.gz', gzipSync(`${text}x\n`), 'line 60002: expected 6 cells'],
  ])('refuses %s', async (name, content, message) => {
    const failure = await failureOf(fileOf(name, content))
    expect(failure).toBeInstanceOf(BadInput)
    expect(String(failure)).toContain(`${name}: ${message}`)
  })

  it.each([
    ['a file that is not there', 'absent.csv', 'no such file'],
    ['a folder', '.', 'a folder'],
  ])('refuses %s', async (_, name, reason) => {
    const path = join(folder, name)
    expect(await failureOf(path)).toEqual(
      new BadInput(`--candles: expected a readable file, was ${path} (${reason})`),
    )
  })
})

describe('stamps that look like seconds', () => {
  const SECONDS = 1_700_000_000
  it.each([
    ['seconds', [SECONDS, SECONDS + 3600], 1],
    ['milliseconds', [SECONDS * 1000, SECONDS * 1000 + 3_600_000], 0],
  ])('of %s are read, with a line on stderr for seconds', async (name, times, lines) => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const { time } = await readCandleFile(fileOf('stamps.csv', csvOf(times)))
    const written = write.mock.calls.map(([text]) => String(text))
    write.mockRestore()
    expect([...time]).toEqual(times)
    expect(written).toHaveLength(lines)
    if (name === 'seconds') {
      expect(written[0]).toMatch(
        /stamps\.csv: timestamps look like seconds and are read as milliseconds \(1700000000 is 1970-01-20T.+\)\n$/,
      )
    }
  })
})

describe('describeGaps', () => {
  it.each([
    [[0, 1, 2], undefined],
    [[0, 1, 3], '1 bar is missing in 1 gap, the first at 1970-01-01T00:02:00.000Z'],
    [[0, 1, 4, 5, 7], '3 bars are missing in 2 gaps, the first at 1970-01-01T00:02:00.000Z'],
  ])('says of minutes %j what is missing', async (minutes, message) => {
    const candles = await readCandleFile(fileOf('gaps.csv', csvOf(minutes.map((at) => at * MINUTE))))
    expect(describeGaps(candles)).toBe(message)
  })
})
