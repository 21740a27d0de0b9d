import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backtestConfigSchema, backtestReportSchema } from '@botcriptofy/contracts/backtest'
import { startApp } from '@botcriptofy/testkit/process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const STRATEGY = {
  name: 'touch',
  version: 1,
  direction: 'long',
  indicators: { mean: { type: 'sma', params: { period: 2 } } },
  entry: { long: { left: 'close', op: '>', right: 'mean' } },
  exit: { long: { left: 'close', op: '<', right: 'mean' } },
  sizing: { kind: 'units', value: 1 },
}

const HEADER = 'timestamp,open,high,low,close,volume'
const CLOSES = [100, 101, 102, 103, 102, 101, 102, 103]
const CANDLES = CLOSES.map((close, bar) => `${bar * 60_000},${close},${close + 1},${close - 1},${close},1`)

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'botcriptofy-cli-'))
  writeFileSync(join(folder, 'candles.csv'), `${HEADER}\n${CANDLES.join('\n')}\n`)
  write('strategy.json', STRATEGY)
})
afterAll(() => rmSync(folder, { recursive: true }))

const write = (name: string, value: unknown): void =>
  writeFileSync(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value))

const run = async (args: readonly string[]) => {
  const files = args.map((arg) => (arg.endsWith('.json') || arg.endsWith('.csv') ? join(folder, arg) : arg))
  const app = startApp({ app: 'cli', args: ['backtest', ...files] })
  const { code } = await app.exited
  const { stdout, stderr } = app.output()
  return { code, stdout, stderr: stderr.replaceAll(folder, '') }
}

const INPUT = ['--candles', 'candles.csv', '--strategy', 'strategy.json']

describe('botcriptofy backtest', { timeout: 60_000 }, () => {
  it('prints one JSON object whose hash covers the trades', async () => {
    const { code, stdout } = await run([...INPUT, '--json'])
    expect(code).toBe(0)
    expect(stdout.trimEnd().split('\n')).toHaveLength(1)
    const report = backtestReportSchema.parse(JSON.parse(stdout))
    const text = JSON.stringify((JSON.parse(stdout) as { trades: unknown }).trades)
    expect(report.tradesSha256).toBe(createHash('sha256').update(text, 'utf8').digest('hex'))
    expect(report.trades.map(({ entryIndex, exitIndex }) => [entryIndex, exitIndex])).toEqual([
      [2, 5],
      [7, 7],
    ])
    expect(report.equity).toBeUndefined()
  })

  it('prints the same bytes again, and the equity when asked', async () => {
    const first = await run([...INPUT, '--json', '--equity'])
    const second = await run([...INPUT, '--json', '--equity'])
    expect(second.stdout).toBe(first.stdout)
    const { equity, finalEquity } = backtestReportSchema.parse(JSON.parse(first.stdout))
    expect(equity).toHaveLength(8)
    expect(equity?.[0]).toEqual([0, 10_000])
    expect(equity?.at(-1)).toEqual([420_000, finalEquity])
  })

  it('writes the report of the same run as one HTML file', async () => {
    const path = join(folder, 'report.html')
    const { code, stdout } = await run([...INPUT, '--json', '--report', path])
    expect(code).toBe(0)
    const { tradesSha256 } = backtestReportSchema.parse(JSON.parse(stdout))
    const page = readFileSync(path, 'utf8')
    expect(page).toContain('<title>touch · candles.csv 1m</title>')
    expect(page).toContain(tradesSha256)
    expect(page).toContain('Look-ahead')
    expect(page).toContain(
      createHash('sha256')
        .update(readFileSync(join(folder, 'candles.csv')))
        .digest('hex'),
    )
  })

  it('refuses a report that cannot be written', async () => {
    const { code, stdout, stderr } = await run([...INPUT, '--report', '/no/such/folder/report.html'])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(
      /--report: expected a writable file, was .* \(there is no folder \/no\/such\/folder\)/,
    )
  })

  it('adds the tables by period and hour when asked', async () => {
    const { stdout } = await run([...INPUT, '--json', '--tables'])
    const { periodic } = backtestReportSchema.parse(JSON.parse(stdout))
    expect(periodic?.months).toMatchObject([{ fromMs: 0 }])
    expect(periodic?.entryHours).toMatchObject([{ weekday: 4, hour: 0, trades: 2 }])
    const text = await run([...INPUT, '--tables'])
    expect(text.stdout).toMatch(/│ 1970 │\s+-?\d+\.\d │/)
    expect(text.stdout).toMatch(/│ 00:00 │\s+│\s+│\s+│\s+-?\d+\.\d\d \(2\) │/)
  })

  it('takes a configuration', async () => {
    write('config.json', { initialCapital: 500, rows: 3 })
    const { stdout } = await run([...INPUT, '--config', 'config.json', '--json'])
    expect(backtestReportSchema.parse(JSON.parse(stdout))).toMatchObject({ bars: 3 })
  })

  it('fills in detail candles that the bars are made of', async () => {
    const halves = CLOSES.flatMap((close, bar) => [
      `${bar * 60_000},${close},${close + 1},${close},${close},1`,
      `${bar * 60_000 + 30_000},${close},${close},${close - 1},${close},1`,
    ])
    write('halves.csv', `${HEADER}\n${halves.join('\n')}\n`)
    const { code, stdout } = await run([...INPUT, '--detail', 'halves.csv', '--json'])
    expect(code).toBe(0)
    expect(backtestReportSchema.parse(JSON.parse(stdout)).trades).toHaveLength(2)
    write('other.csv', `${HEADER}\n${halves.slice(2).join('\n')}\n`)
    expect(await run([...INPUT, '--detail', 'other.csv', '--json'])).toEqual({
      code: 2,
      stdout: '',
      stderr: '/other.csv: bar 0: expected at least one detail bar, was none\n',
    })
  })

  it('explains every key of the configuration', async () => {
    const { stdout } = await run(['--help'])
    expect(stdout).toContain('--detail <file>')
    for (const [key, value] of Object.entries(backtestConfigSchema.parse({}))) {
      expect(stdout).toMatch(new RegExp(`^  ${key} .*\\[${JSON.stringify(value)}\\]$`, 'm'))
    }
  })

  it('shows people a table and what to think about', async () => {
    const { code, stdout } = await run(INPUT)
    expect(code).toBe(0)
    expect(stdout).toMatch(/Equity\s+│\s+10000\.00 → \d+\.\d\d/)
    expect(stdout).toContain('LOW_SAMPLE: 2 trades in 0.0 days')
  })

  it.each<readonly [name: string, content: unknown, line: string]>([
    [
      'unknown.json',
      { ...STRATEGY, entry: { long: { all: [{ left: 'men', op: '>', right: 1 }] } } },
      '/unknown.json: entry.long.all[0].left: expected a number or one of open, high, low, close, volume, mean, was "men"',
    ],
    ['key.json', { ...STRATEGY, leverage: 3 }, '/key.json: leverage: expected no key of this name, was 3'],
    [
      'period.json',
      { ...STRATEGY, indicators: { mean: { type: 'sma', params: { period: -1 } } } },
      '/period.json: indicators.mean.params.period: expected a whole number from 2 to 100000, was -1',
    ],
  ])('refuses the strategy %s with one line and status 2', async (...[name, content, line]) => {
    write(name, content)
    const { code, stdout, stderr } = await run(['--candles', 'candles.csv', '--strategy', name, '--json'])
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: `${line}\n` })
  })

  it('refuses what is no JSON', async () => {
    write('broken.json', '{')
    const { code, stderr } = await run(['--candles', 'candles.csv', '--strategy', 'broken.json'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^\/broken\.json: expected JSON, was not \(.*\)\n$/)
  })

  it.each<readonly [args: readonly string[], line: string]>([
    [['--strategy', 'strategy.json'], "error: required option '--candles <file>' not specified"],
    [
      ['--candles', 'none.csv', '--strategy', 'strategy.json'],
      '--candles: expected a readable file, was /none.csv (no such file)',
    ],
    [[...INPUT, '--config', 'bad-config.json'], '/bad-config.json: feeRate: expected at least 0, was -1'],
    [[...INPUT, '--detail', 'none.csv'], '--detail: expected a readable file, was /none.csv (no such file)'],
    [[...INPUT, '--leverage'], "error: unknown option '--leverage'"],
  ])('refuses %j with one line and status 2', async (...[args, line]) => {
    write('bad-config.json', { feeRate: -1 })
    const { code, stderr } = await run(args)
    expect({ code, stderr }).toEqual({ code: 2, stderr: `${line}\n` })
  })
})
