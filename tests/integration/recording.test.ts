import { createReadStream, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeTrades, type StreamRecord, TAPE_FIELD, tradeTapeKey } from '@botcriptofy/contracts/stream'
import { waitFor } from '@botcriptofy/testkit/wait'
import { createDecoder } from '@botcriptofy/venues/kraken'
import { expect, it, onTestFinished } from 'vitest'
import { linesOf } from '../../apps/cli/src/decode/capture-file.ts'
import { createCaptureDecoder } from '../../apps/cli/src/decode/decode-capture.ts'
import { gzipDamageOf } from '../../apps/cli/src/files/plain-bytes.ts'
import { openStreamers, simulate } from './streamer.fixture.ts'

const { redis, newMarket, startStreamer } = await openStreamers()

/** As `botcriptofy decode` reads a file. */
const decoded = async (path: string) => {
  const capture = createCaptureDecoder('kraken', () => createDecoder())
  const events: StreamRecord[] = []
  const read = async () => {
    for await (const line of linesOf(createReadStream(path))) events.push(...capture.decodeLine(line))
  }
  const damage = await read().then(() => undefined, gzipDamageOf)
  return { events, damage, counts: capture.counts }
}

it('is decoded again into what is on the tape, also when its streamer was killed', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'frames-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const market = newMarket('kraken')
  const simulator = await simulate(market, { SIMULATOR_SPEED: '600' })
  const { app } = await startStreamer(market, simulator, {
    RECORD_DIR: directory,
    STREAM_BOOK_SYMBOLS: `kraken:${market.symbol}`,
  })
  const tape = async () => {
    const entries = await redis.xrange(tradeTapeKey(market), '-', '+')
    return entries.flatMap(([, fields]) => decodeTrades(market, fields[fields.indexOf(TAPE_FIELD) + 1] ?? ''))
  }
  await waitFor(async () => (await tape()).length >= 100, { describe: 'trades on the tape' })
  const trades = (await tape()).slice(0, 100)
  const files = () => readdirSync(directory).map((name) => join(directory, name))
  // What is on the tape now is in the files a second later.
  const size = () => files().reduce((sum, path) => sum + readFileSync(path).length, 0)
  await waitFor(() => files().length === 2, { describe: 'a file for each connection' })
  const before = size()
  await waitFor(() => size() > before + 2000, { describe: 'another second in the files' })
  await app.kill('SIGKILL')
  const whole = await Promise.all(files().map(decoded))
  const events = whole.flatMap((file) => file.events)
  const stored = new Map(events.flatMap((event) => (event.type === 'trade' ? [[event.tradeId, event]] : [])))
  expect(trades.map(({ tradeId }) => stored.get(tradeId))).toEqual(trades)
  const books = events.filter(({ type }) => type === 'book_update')
  expect(books.length).toBeGreaterThan(0)
  for (const { counts } of whole) expect(counts).toMatchObject({ unknown: 0, checksumFailures: 0 })
  // The last write of a process that is killed may be cut.
  const [path = ''] = files()
  writeFileSync(path, readFileSync(path).subarray(0, -20))
  const cut = await decoded(path)
  expect(cut.damage).toBeDefined()
  expect(cut.events.length).toBeGreaterThan(5)
  expect(cut.events).toEqual(whole[0]?.events.slice(0, cut.events.length))
})
