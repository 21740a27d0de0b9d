import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateCandles } from '@botcriptofy/engine/market'
import { startApp } from '@botcriptofy/testkit/process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const CROSS = {
  name: 'cross',
  version: 1,
  direction: 'long',
  indicators: {
    fast: { type: 'ema', params: { period: 5 } },
    slow: { type: 'sma', params: { period: 20 } },
  },
  entry: { long: { left: 'fast', op: 'crosses_above', right: 'slow' } },
  exit: { long: { left: 'fast', op: 'crosses_below', right: 'slow' } },
  sizing: { kind: 'equityFraction', value: 1 },
}

/** Right as long as it is tried out on few bars; on more it gives the close of three bars later. */
const SLY = `export const indicators = [{
  type: 'sly',
  parameters: [],
  lines: ['value'],
  takesSource: false,
  lookback: () => 0,
  stabilisation: () => 0,
  compute: ({ candles: { close } }, params, [out]) => {
    for (let i = 0; i < close.length; i++) out[i] = close[close.length > 600 ? Math.min(i + 3, close.length - 1) : i]
  },
  stream: { start: () => ({}), next: (state, bar, out) => { out[0] = bar.close } },
}]
`

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'botcriptofy-check-'))
  const { time, open, high, low, close, volume } = generateCandles({
    seed: 21,
    bars: 1500,
    startMs: 1_700_006_400_000,
    timeframeMs: 3_600_000,
    startPrice: 100,
    outagesPerDay: 0,
  })
  const rows = Array.from(time, (ms, bar) =>
    [ms, open[bar], high[bar], low[bar], close[bar], volume[bar]].join(','),
  )
  writeCandles('candles.csv', rows)
  writeCandles('holes.csv', [...rows.slice(0, 500), ...rows.slice(700)])
  writeCandles('few.csv', rows.slice(0, 12))
  writeFileSync(join(folder, 'strategy.json'), JSON.stringify(CROSS))
  const oracle = { ...CROSS, indicators: { ...CROSS.indicators, fast: { type: 'sly' } } }
  writeFileSync(join(folder, 'oracle.json'), JSON.stringify(oracle))
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ signalsFromBar: 200 }))
  writeFileSync(join(folder, 'sly.mjs'), SLY)
})
afterAll(() => rmSync(folder, { recursive: true }))

const writeCandles = (name: string, rows: readonly string[]): void =>
  writeFileSync(join(folder, name), `timestamp,open,high,low,close,volume\n${rows.join('\n')}\n`)

const run = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const files = args.map((arg) => (/\.(csv|json)$/.test(arg) ? join(folder, arg) : arg))
  const app = startApp({ app: 'cli', args: ['check', ...files], env })
  const { code } = await app.exited
  const { stdout, stderr } = app.output()
  return { code, stdout, stderr: stderr.replaceAll(`${folder}/`, '') }
}

const RULES = ['--candles', 'candles.csv', '--strategy', 'strategy.json']

describe('botcriptofy check data', { timeout: 60_000 }, () => {
  it('ends with status 0 and a row for each thing looked for', async () => {
    const { code, stdout, stderr } = await run(['data', '--candles', 'candles.csv'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^1500 bars from 2023-11-15 00:00 to 2024-01-16 11:00, one every 3600 s\n/)
    expect(stdout.match(/│ pass/g)).toHaveLength(6)
  })

  it('ends with status 1 and says what failed where a tenth is missing', async () => {
    const { code, stdout, stderr } = await run(['data', '--candles', 'holes.csv'])
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'holes.csv: GAPS: 200 bars missing in 1 gap\n' })
    expect(stdout).toContain('bar 500, 2023-12-14 04:00: 200 missing before this bar')
  })

  it('prints one JSON object', async () => {
    const { code, stdout } = await run(['data', '--candles', 'holes.csv', '--json'])
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: 'fail',
      bars: 1300,
      barMs: 3_600_000,
      findings: [{ code: 'GAPS', count: 200, share: 200 / 1500, places: [{ bar: 500 }] }, {}, {}, {}, {}, {}],
    })
  })
})

describe('botcriptofy check warmup', { timeout: 60_000 }, () => {
  it('shows what is published and what was measured, and recommends a first bar', async () => {
    const { code, stdout } = await run(['warmup', ...RULES])
    expect(code).toBe(0)
    expect(stdout).toMatch(/│ pass\s+│ slow\s+│ sma\(20\)@close\s+│\s+19 │\s+19 │\s+19 │/)
    expect(stdout).toMatch(/recommended signalsFromBar: \d+ \(first signal now at 20 of 1500 bars\)/)
  })

  it('reads the configuration', async () => {
    const { stdout } = await run(['warmup', ...RULES, '--config', 'config.json', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'pass', firstSignalBar: 200 })
  })

  it('ends with status 1 where the series is too short', async () => {
    const { code, stderr } = await run(['warmup', '--candles', 'few.csv', '--strategy', 'strategy.json'])
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'few.csv: slow (sma(20)@close) no value: 12 bars are too few\n',
    })
  })
})

describe('botcriptofy check lookahead', { timeout: 60_000 }, () => {
  it('ends with status 0 where nothing changes', async () => {
    const { code, stdout, stderr } = await run(['lookahead', ...RULES])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^pass {2}nothing changed in \d+ truncated runs\n/)
  })

  it('names the indicator of an own module that looks ahead', async () => {
    const { code, stdout, stderr } = await run(
      ['lookahead', '--candles', 'candles.csv', '--strategy', 'oracle.json', '--json'],
      { INDICATOR_MODULES: join(folder, 'sly.mjs') },
    )
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /^candles\.csv: fast \(sly\(\)\) at bar \d+ is [\d.]+, but [\d.]+ when the series ends/,
    )
    const { verdict, differences } = JSON.parse(stdout)
    expect(verdict).toBe('fail')
    expect(differences[0]).toMatchObject({ subject: 'indicator', name: 'fast (sly())' })
    expect(differences.every(({ name }: { name: string }) => !name.startsWith('slow'))).toBe(true)
  })

  it.each<readonly [args: readonly string[], line: string]>([
    [['lookahead', '--candles', 'candles.csv'], "error: required option '--strategy <file>' not specified"],
    [['data', '--candles', 'none.csv'], '--candles: expected a readable file, was none.csv (no such file)'],
    [['warmup', ...RULES, '--config', 'strategy.json'], 'strategy.json: name: expected no key of this name'],
  ])('refuses %j with one line and status 2', async (...[args, line]) => {
    const { code, stdout, stderr } = await run(args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr.startsWith(line)).toBe(true)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })
})
