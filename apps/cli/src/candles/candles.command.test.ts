import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateCandles, resampleCandles } from '@botcriptofy/engine/market'
import { startApp } from '@botcriptofy/testkit/process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readCandleFile } from '../candle-file/candle-file.ts'
import { writeCandleFile } from './write-candle-file.ts'

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'candles-command-'))
})
afterAll(() => rm(directory, { recursive: true }))

const candles = generateCandles({
  seed: 8,
  bars: 600,
  startMs: Date.UTC(2024, 0, 1),
  timeframeMs: 60_000,
  startPrice: 100,
  outagesPerDay: 20,
})

const run = async (...args: readonly string[]) => {
  const app = startApp({ app: 'cli', args: ['candles', ...args] })
  const { code } = await app.exited
  return { code, ...app.output() }
}

describe('botcriptofy candles', { timeout: 60_000 }, () => {
  it('resamples a compressed file into one that holds what the engine makes of it', async () => {
    const from = join(directory, 'minutes.csv.gz')
    const out = join(directory, 'hours.csv')
    await writeCandleFile(from, candles)
    expect(await readCandleFile(from)).toEqual(candles)
    expect(await run('resample', '--candles', from, '--timeframe', '1h', '--out', out)).toMatchObject({
      code: 0,
    })
    const expected = resampleCandles(candles, { toMs: 3_600_000 })
    expect(expected).toEqual({ ok: true, value: await readCandleFile(out) })
  })

  it('reports the gaps of a file as JSON', async () => {
    const file = join(directory, 'gaps.csv')
    await writeCandleFile(file, candles)
    const { code, stdout } = await run('check', '--candles', file, '--json')
    expect(code).toBe(0)
    const missing = (candles.time[599]! - candles.time[0]!) / 60_000 - 599
    expect(missing).toBeGreaterThan(0)
    expect(JSON.parse(stdout)).toMatchObject({ bars: 600, barMs: 60_000, missing, firstMs: candles.time[0] })
  })

  it('ends with status 2 and the line when a file is broken', async () => {
    const file = join(directory, 'broken.csv')
    await writeCandleFile(file, candles)
    const lines = (await readFile(file, 'utf8')).split('\n')
    lines[299] = lines[298]!
    await writeFile(file, lines.join('\n'))
    const { code, stderr } = await run('check', '--candles', file)
    expect(code).toBe(2)
    expect(stderr).toMatch(/broken\.csv: line 300: expected timestamp after \d+, was a duplicate of it\n$/)
  })
})
