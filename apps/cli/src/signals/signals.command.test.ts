import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApp } from '@botcriptofy/testkit/process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const STRATEGY = {
  name: 'touch',
  version: 1,
  direction: 'long',
  indicators: { mean: { type: 'sma', params: { period: 2 } } },
  entry: {
    long: {
      all: [
        { left: 'close', op: 'crosses_above', right: 'mean' },
        { not: { left: { sub: ['high', 'low'] }, op: '>', right: 3 } },
      ],
    },
  },
  exit: { long: { left: 'close', op: 'crosses_below', right: 'mean' } },
  sizing: { kind: 'units', value: 1 },
}

const CLOSES = [100, 99, 101, 102, 101, 100]
const CANDLES = CLOSES.map((close, bar) => `${bar * 3_600_000},${close},${close + 1},${close - 1},${close},1`)

let folder = ''
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'botcriptofy-signals-'))
  write('candles.csv', `timestamp,open,high,low,close,volume\n${CANDLES.join('\n')}\n`)
  write('strategy.json', JSON.stringify(STRATEGY))
  const mean = { ...STRATEGY.indicators.mean, timeframe: '90m' }
  write('odd.json', JSON.stringify({ ...STRATEGY, indicators: { mean } }))
})
afterAll(() => rmSync(folder, { recursive: true }))

const run = async (...args: readonly string[]) => {
  const given = args.includes('--strategy') ? args : ['--strategy', 'strategy.json', ...args]
  const files = given.map((arg) => (arg.endsWith('.json') ? join(folder, arg) : arg))
  const app = startApp({
    app: 'cli',
    args: ['signals', '--candles', join(folder, 'candles.csv'), ...files],
  })
  const { code } = await app.exited
  const { stdout, stderr } = app.output()
  return { code, stdout, stderr: stderr.replaceAll(folder, '') }
}

describe('botcriptofy signals', { timeout: 60_000 }, () => {
  it('lists the latest signals with the comparisons that made them', async () => {
    const { code, stdout } = await run()
    expect(code).toBe(0)
    const lines = stdout.split('\n').map((line) => line.replaceAll('│', ' ').replaceAll(/ +/g, ' ').trim())
    expect(lines.slice(3, -2)).toEqual([
      '2 1970-01-01T02:00:00.000Z BUY close 101 (before 99) crosses_above mean 100 (before 99.5)',
      'not (high - low 2 > 3)',
      '4 1970-01-01T04:00:00.000Z SELL close 101 (before 102) crosses_below mean 101.5 (before 101.5)',
    ])
  })

  it('gives the latest ones as JSON', async () => {
    const { stdout } = await run('--last', '1', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ signals: [{ bar: 4, time: 14_400_000, action: 'SELL' }] })
  })

  it('tells of one bar why it is neither', async () => {
    const { code, stdout } = await run('--at', '1970-01-01T03:30')
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `1970-01-01T03:00:00.000Z, bar 3: HOLD
entry.long: does not hold
  ✗ all
    ✗ close 102 (before 101) crosses_above mean 101.5 (before 100) ←
    ✓ not
      ✗ high - low 2 > 3
exit.long: does not hold
  ✗ close 102 (before 101) crosses_below mean 101.5 (before 100) ←
`,
    })
  })

  it('gives one bar as JSON', async () => {
    const { stdout } = await run('--bar', '2', '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      bar: 2,
      action: 'BUY',
      decidedBy: [{ holds: true }, { holds: false }],
    })
  })

  it.each<readonly [args: readonly string[], line: string]>([
    [['--bar', '6'], '--bar: expected a bar from 0 to 5, was 6'],
    [['--bar', '-1'], '--bar: expected a bar from 0 to 5, was -1'],
    [['--last', '0'], '--last: expected a whole number, 1 or more, was 0'],
    [['--bar', '1', '--last', '2'], '--bar: expected one of --bar, --at and --last, was given with --last'],
    [
      ['--at', '1970-01-02'],
      '--at: expected a time inside a bar, of 1970-01-01T00:00:00.000Z to 1970-01-01T06:00:00.000Z, was 1970-01-02T00:00:00.000Z',
    ],
    [
      ['--strategy', 'odd.json'],
      `/odd.json: indicators.mean.timeframe: expected a whole multiple of the candles' 1h, was "90m"`,
    ],
  ])('refuses %j with one line and status 2', async (...[args, line]) => {
    expect(await run(...args)).toEqual({ code: 2, stdout: '', stderr: `${line}\n` })
  })
})
