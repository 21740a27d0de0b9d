import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backtestReportSchema } from '@botcriptofy/contracts/backtest'
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

const MINUTE = 60_000
const HEADER = 'timestamp,open,high,low,close,volume'
const csvOf = (closes: readonly number[], barMs = MINUTE): string =>
  `${HEADER}\n${closes.map((close, bar) => `${bar * barMs},${close},${close + 1},${close - 1},${close},1`).join('\n')}\n`

let folder = ''
const write = (name: string, content: string): void => writeFileSync(join(folder, name), content)
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'botcriptofy-portfolio-'))
  write('a.csv', csvOf([100, 101, 102, 103, 102, 101, 102, 103]))
  write('b.csv', csvOf([50, 51, 52, 51, 50, 51, 52, 53]))
  write('hourly.csv', csvOf([50, 51, 52], 60 * MINUTE))
  write('strategy.json', JSON.stringify(STRATEGY))
  write('one.json', JSON.stringify({ risk: { maxOpenPositions: 1 } }))
  write('unknown.json', JSON.stringify({ risk: { maxPositions: 1 } }))
  write('none.json', JSON.stringify({ risk: { maxOpenPositions: 0 } }))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Words that name a file get the folder; `SYMBOL=FILE` keeps its symbol. */
const inFolder = (arg: string): string => {
  if (!/\.(json|csv|html)$/.test(arg)) return arg
  const [symbol, file] = arg.split('=')
  return file === undefined ? join(folder, arg) : `${symbol}=${join(folder, file)}`
}

const run = async (args: readonly string[]) => {
  const app = startApp({ app: 'cli', args: ['backtest', ...args.map(inFolder)] })
  const { code } = await app.exited
  const { stdout, stderr } = app.output()
  return { code, stdout, stderr: stderr.replaceAll(`${folder}/`, '') }
}

const BOTH = ['--candles', 'BTC/USDT=a.csv', '--candles', 'ETH/USDT=b.csv', '--strategy', 'strategy.json']

describe('botcriptofy backtest of several symbols', { timeout: 60_000 }, () => {
  it('writes a report of all symbols, and the same JSON beside it', async () => {
    const [plain, reported] = [
      await run([...BOTH, '--config', 'one.json', '--json']),
      await run([...BOTH, '--config', 'one.json', '--json', '--report', 'page.html']),
    ]
    expect([reported.code, reported.stdout]).toEqual([0, plain.stdout])
    const page = readFileSync(join(folder, 'page.html'), 'utf8')
    const digest = createHash('sha256')
      .update(readFileSync(join(folder, 'b.csv')))
      .digest('hex')
    const { tradesSha256 } = backtestReportSchema.parse(JSON.parse(plain.stdout))
    for (const part of ['Portfolio report', 'BTC/USDT, ETH/USDT', digest, tradesSha256]) {
      expect(page).toContain(part)
    }
    expect(page).toContain('3 entries: 1 other symbol was held already (BTC/USDT 1, ETH/USDT 2)')
  })

  it('prints the trades of all symbols and a hash that covers them', async () => {
    const { code, stdout } = await run([...BOTH, '--json', '--equity', '--tables'])
    expect(code).toBe(0)
    const report = backtestReportSchema.parse(JSON.parse(stdout))
    const { trades } = JSON.parse(stdout) as { trades: Record<string, unknown>[] }
    const sha256 = createHash('sha256').update(JSON.stringify(trades), 'utf8').digest('hex')
    expect(report.tradesSha256).toBe(sha256)
    expect(report.trades.map((trade) => [trade.symbol, trade.entryIndex, trade.exitIndex])).toEqual([
      ['ETH/USDT', 2, 4],
      ['BTC/USDT', 2, 5],
      ['ETH/USDT', 6, 7],
      ['BTC/USDT', 7, 7],
    ])
    expect(Object.keys(trades[0]!).at(-1)).toBe('symbol')
    expect(report.symbols).toEqual([
      { symbol: 'BTC/USDT', bars: 8 },
      { symbol: 'ETH/USDT', bars: 8 },
    ])
    expect(report.equity).toHaveLength(8)
    expect(report.periodic?.entryHours).toMatchObject([{ trades: 4 }])
  })

  it('gives the first in the list the only place', async () => {
    const { stdout } = await run([...BOTH, '--config', 'one.json', '--json'])
    const { trades, recommendations } = backtestReportSchema.parse(JSON.parse(stdout))
    expect(trades.map((trade) => [trade.symbol, trade.entryIndex])).toEqual([
      ['BTC/USDT', 2],
      ['ETH/USDT', 6],
    ])
    const denied = recommendations.find(({ code }) => code === 'ENTRIES_DENIED')
    expect(denied?.text).toContain('3 × MAX_OPEN_POSITIONS')
  })

  it('shows people what each symbol brought', async () => {
    const { code, stdout } = await run(BOTH)
    expect(code).toBe(0)
    expect(stdout).toMatch(/BTC\/USDT │ +8 │ +2 │ +0 │ +-1\.61 │/)
  })

  it('takes a single file without a symbol as a run without symbols', async () => {
    const { stdout } = await run(['--candles', 'a.csv', '--strategy', 'strategy.json', '--json'])
    const report = backtestReportSchema.parse(JSON.parse(stdout))
    expect([report.symbols, report.trades[0]?.symbol]).toEqual([undefined, undefined])
  })

  it.each<readonly [args: readonly string[], line: string]>([
    [['BTC/USDT=a.csv', 'BTC/USDT=b.csv'], '--candles BTC/USDT: expected each symbol once, was given twice'],
    [
      ['BTC/USDT=a.csv', 'ETH/BTC=b.csv'],
      '--candles ETH/BTC: expected the quote asset USDT of BTC/USDT, was BTC',
    ],
    [
      ['BTC/USDT=a.csv', 'ETH/USDT=hourly.csv'],
      '--candles ETH/USDT: expected bars of 60000 ms as those of BTC/USDT, was 3600000 ms',
    ],
    [['BTC/USDT=a.csv', 'b.csv'], '--candles: expected SYMBOL=FILE such as BTC/USDT=btc.csv, was b.csv'],
    [['a.csv', 'b.csv'], '--candles: expected SYMBOL=FILE such as BTC/USDT=btc.csv, was a.csv'],
    [
      ['BTC/USDT=absent.csv', 'ETH/USDT=b.csv'],
      '--candles BTC/USDT: expected a readable file, was absent.csv (no such file)',
    ],
  ])('refuses %j with one line and status 2', async (...[candles, line]) => {
    const args = candles.flatMap((value) => ['--candles', value])
    const { code, stdout, stderr } = await run([...args, '--strategy', 'strategy.json', '--json'])
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: `${line}\n` })
  })

  it.each<readonly [args: readonly string[], line: string]>([
    [['--detail', 'a.csv'], '--detail: expected no portfolio beside it, was a.csv'],
    [['--config', 'unknown.json'], 'unknown.json: risk.maxPositions: expected no key of this name, was 1'],
    [['--config', 'none.json'], 'none.json: risk.maxOpenPositions: expected at least 1, was 0'],
  ])('refuses %j beside a portfolio', async (...[args, line]) => {
    const { code, stdout, stderr } = await run([...BOTH, ...args])
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: `${line}\n` })
  })
})
