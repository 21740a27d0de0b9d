import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { createLog } from '@botcriptofy/runtime/log'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createFrameRecorder } from './frame-recorder.ts'

const setUp = (mostFileBytes?: number) => {
  const directory = mkdtempSync(join(tmpdir(), 'frames-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const counts = { recordedFrames: 0, unrecordedFrames: 0 }
  const tally = (name: keyof typeof counts) => ({ inc: () => void (counts[name] += 1) })
  const metrics = { recordedFrames: tally('recordedFrames'), unrecordedFrames: tally('unrecordedFrames') }
  const log = createLog({ name: 'test', level: 'silent' })
  const recorder = createFrameRecorder({ directory, metrics, log, ...(mostFileBytes && { mostFileBytes }) })
  const files = () => readdirSync(directory).toSorted()
  const linesOf = (name: string): { readonly [key: string]: unknown }[] =>
    gunzipSync(readFileSync(join(directory, name)))
      .toString('utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  return { directory, recorder, counts, files, linesOf, log }
}

afterEach(() => vi.useRealTimers())

describe('recorded frames', () => {
  it('are as received, with time, venue and connection, behind the opening of the connection', async () => {
    const { recorder, files, linesOf, counts } = setUp()
    const recording = recorder.open('kraken')
    recording.opened('wss://example.org/v2')
    recording.frame('{"price":1.10}')
    recording.frame('not JSON \u2028 "é"')
    await recording.close()
    const [name = ''] = files()
    expect(name).toMatch(/^kraken-[0-9a-f]{8}-\d{8}T\d\d-0\.jsonl\.gz$/)
    const conn = name.slice(0, 15)
    const of = { conn, venue: 'kraken', ts: expect.closeTo(Date.now() / 1000, -1) }
    expect(linesOf(name)).toEqual([
      { t: 'connect', addr: 'wss://example.org/v2', ...of },
      { t: 'recv', data: '{"price":1.10}', ...of },
      { t: 'recv', data: 'not JSON \u2028 "é"', ...of },
    ])
    expect(counts).toEqual({ recordedFrames: 3, unrecordedFrames: 0 })
  })

  it('go to a file for each connection and hour', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 23, 9, 59, 59) })
    const { recorder, files, linesOf } = setUp()
    const [one, other] = [recorder.open('binance'), recorder.open('binance')]
    one.frame('a')
    other.frame('b')
    vi.setSystemTime(Date.UTC(2026, 10, 23, 10))
    one.frame('c')
    await Promise.all([one.close(), other.close()])
    expect(files().map((name) => name.slice(17))).toEqual(
      expect.arrayContaining(['20261123T09-0.jsonl.gz', '20261123T10-0.jsonl.gz']),
    )
    const data = files().flatMap((name) => linesOf(name).map((line) => line['data'] as string))
    expect(files()).toHaveLength(3)
    expect(new Set(data)).toEqual(new Set(['a', 'b', 'c']))
  })

  it('go to another file when one is large enough', async () => {
    const { recorder, files } = setUp(10)
    const recording = recorder.open('binance')
    // More than is packed without waiting.
    const large = 'x'.repeat(1_000_001)
    await vi.waitFor(() => {
      recording.frame(large)
      expect(files().length).toBeGreaterThanOrEqual(3)
    })
    await recording.close()
    expect(files().map((name) => name.slice(-10, -9))).toEqual(expect.arrayContaining(['0', '1', '2']))
  })

  it('end when the folder is gone, and nothing is thrown', async () => {
    const { recorder, directory, counts, log } = setUp()
    const error = vi.spyOn(log, 'error')
    await rm(directory, { recursive: true })
    const recording = recorder.open('binance')
    recording.frame('x'.repeat(1_000_001))
    await vi.waitFor(() => expect(error).toHaveBeenCalledOnce())
    recording.frame('y')
    recorder.open('kraken').frame('z')
    await recording.close()
    expect(counts.unrecordedFrames).toBe(2)
    expect(error).toHaveBeenCalledOnce()
  })
})
