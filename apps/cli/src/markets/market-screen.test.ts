import type { Market } from '@botcriptofy/contracts/stream'
import { describe, expect, it } from 'vitest'
import { plainScreen, redrawnScreen } from './market-screen.ts'

const market = (symbol: string, lastPrice: string, state: Market['state'] = 'live'): Market => ({
  venue: 'binance',
  symbol,
  state,
  source: { kind: 'simulator', host: '127.0.0.1:1' },
  lastPrice,
  lastTimeMs: 0,
  ageMs: 400,
  heardAgeMs: 400,
  lagMs: 12,
  messagesPerSecond: 3,
  gaps: 0,
  missingTrades: 0,
  resyncs: 0,
  duplicates: 0,
  checksumFailures: 0,
})

const ESCAPE = String.fromCharCode(27)
const MOVE = new RegExp(`^${ESCAPE}\\[(\\d+)([A-Z])$`)
const PARTS = new RegExp(`${ESCAPE}\\[[\\d;]*[A-Za-z]|\r|\n|[^${ESCAPE}\r\n]+`, 'g')

/** What a terminal shows of what was written to it: it knows lines, and the way up. */
const terminal = (rows = 24) => {
  const lines: string[] = []
  let at = 0
  const write = (text: string) => {
    for (const [part] of text.matchAll(PARTS)) {
      const move = MOVE.exec(part)
      if (move?.[2] === 'A') at -= Number(move[1])
      else if (move?.[2] === 'K') lines[at] = ''
      else if (part === '\n') at += 1
      else if (!part.startsWith(ESCAPE) && part !== '\r') lines[at] = (lines[at] ?? '') + part
    }
    return true
  }
  return {
    out: { write, columns: 120, rows },
    lines: () => lines.filter((line) => line !== ''),
    at: () => at,
  }
}

describe('a screen that is drawn anew', () => {
  it('shows a line for each market, over those of before', () => {
    const { out, lines } = terminal()
    const screen = redrawnScreen(out)
    screen.show([market('BTC/USDT', '100'), market('ETH/USDT', '10', 'quiet')])
    screen.show([market('BTC/USDT', '101'), market('ETH/USDT', '10', 'gap')])
    expect(lines()).toHaveLength(3)
    expect(lines()[1]).toMatch(
      /^binance:BTC\/USDT {2}live +101 +0\.4 s +12 ms +3\.0 +0 +0 {2}simulator 127\.0\.0\.1:1$/,
    )
    expect(lines()[2]).toMatch(/^binance:ETH\/USDT {2}gap /)
  })

  it('leaves nothing of a market or a note that is gone', () => {
    const { out, lines } = terminal()
    const screen = redrawnScreen(out)
    screen.show([market('BTC/USDT', '100'), market('ETH/USDT', '10')])
    screen.note('connection lost; trying again…')
    expect(lines().at(-1)).toBe('connection lost; trying again…')
    screen.note('')
    screen.show([market('BTC/USDT', '102')])
    expect(lines()).toHaveLength(2)
    screen.show([market('BTC/USDT', '103'), market('ETH/USDT', '10')])
    expect(lines()).toHaveLength(3)
    expect(lines()[1]).toContain('103')
  })

  it('does not draw more than fits', () => {
    const { out, lines } = terminal(6)
    redrawnScreen(out).show(Array.from({ length: 20 }, (_, at) => market(`A${at}/USDT`, '1')))
    expect(lines()).toHaveLength(5)
    expect(lines().at(-1)).toBe('… and 17 more')
  })
})

describe('plain lines', () => {
  it('come when the price or the state has changed', () => {
    const [written, noted]: [string[], string[]] = [[], []]
    const screen = plainScreen(
      { write: (text) => written.push(String(text)) > 0 },
      { write: (text) => noted.push(String(text)) > 0 },
    )
    screen.show([market('BTC/USDT', '1')])
    screen.show([market('BTC/USDT', '1')])
    screen.show([market('BTC/USDT', '2')])
    screen.show([market('BTC/USDT', '2', 'stale')])
    screen.note('connection lost')
    expect(written.map((line) => line.replace(/^\S+ /, ''))).toEqual([
      'binance:BTC/USDT live 1\n',
      'binance:BTC/USDT live 2\n',
      'binance:BTC/USDT stale 2\n',
    ])
    expect(noted).toEqual(['connection lost\n'])
  })
})
