import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { submitBacktestBody } from '@botcriptofy/contracts/backtest'
import { SMA_CROSS } from '@botcriptofy/testkit/backtest-run'
import { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addSubmitOptions, submitBody, type SubmitFlags } from './options.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'submit-options-'))
  writeFileSync(join(folder, 'strategy.json'), JSON.stringify(SMA_CROSS))
})
afterAll(() => rmSync(folder, { recursive: true }))

const flagsOf = (...args: string[]): SubmitFlags => {
  const series = ['--venue', 'testex', '--timeframe', '1h', '--strategy', join(folder, 'strategy.json')]
  const command = addSubmitOptions(new Command()).option('--detail <timeframe>')
  return command.parse([...series, ...args], { from: 'user' }).opts()
}

const candlesOf = async (...args: string[]) =>
  submitBacktestBody.parse(await submitBody(flagsOf(...args))).candles

describe('the body of a submission', () => {
  const [btc, eth] = ['BTC/USD', 'ETH/USD'].map((symbol) => ({ venue: 'testex', symbol, timeframe: '1h' }))

  it('has the one series of one symbol, and the timeframe that its fills happen in', async () => {
    expect(await candlesOf('--symbol', 'BTC/USD')).toEqual(btc)
    expect(await candlesOf('--symbol', 'BTC/USD', '--detail', '1m')).toEqual({ ...btc, detail: '1m' })
  })

  it('has the series of several symbols in their order, of the same range', async () => {
    const symbols = ['--symbol', 'ETH/USD', '--symbol', 'BTC/USD']
    expect(await candlesOf(...symbols)).toEqual([eth, btc])
    const range = { from: 1_000_000, to: Date.UTC(2024, 0, 1) }
    expect(await candlesOf(...symbols, '--from', '1000000', '--to', '2024-01-01')).toEqual([
      { ...eth, ...range },
      { ...btc, ...range },
    ])
  })

  it('refuses finer candles for several symbols', async () => {
    const flags = flagsOf('--symbol', 'ETH/USD', '--symbol', 'BTC/USD', '--detail', '1m')
    await expect(submitBody(flags)).rejects.toThrow(
      '--detail: expected one --symbol beside it, was ETH/USD, BTC/USD',
    )
  })
})
