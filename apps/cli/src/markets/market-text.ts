import { type Market, marketId, type MarketState } from '@botcriptofy/contracts/stream'
import pc from 'picocolors'

const HEAD = ['market', 'state', 'last price', 'traded', 'lag', 'msg/s', 'gaps', 'resyncs', 'source'] as const
/** Columns of numbers stand to the right. */
const RIGHT = new Set<(typeof HEAD)[number]>(['last price', 'traded', 'lag', 'msg/s', 'gaps', 'resyncs'])

const COLOURS = {
  live: pc.green,
  quiet: pc.dim,
  gap: pc.yellow,
  stale: pc.red,
  released: pc.dim,
} as const satisfies Record<MarketState, (text: string) => string>

/** `0.4 s`, `35 s`, `12 min`, `3 h`. */
export const ageText = (ms: number | null): string => {
  if (ms === null) return '–'
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`
}

const orDash = (value: number | null): string => (value === null ? '–' : String(value))

export const sourceText = ({ source }: Pick<Market, 'source'>): string => {
  if (source === null) return '–'
  return source.kind === 'venue' ? source.host : `${source.kind} ${source.host}`
}

const cellsOf = (market: Market): readonly string[] => [
  marketId(market),
  market.state,
  market.lastPrice ?? '–',
  ageText(market.ageMs),
  market.lagMs === null ? '–' : `${Math.round(market.lagMs)} ms`,
  market.messagesPerSecond === null ? '–' : market.messagesPerSecond.toFixed(1),
  orDash(market.gaps),
  orDash(market.resyncs),
  sourceText(market),
]

/** A line for each market under a line of names, cut to the width where there is one. */
export const marketLines = (markets: readonly Market[], width = Infinity): readonly string[] => {
  const rows = markets.map(cellsOf)
  const widths = HEAD.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at]?.length ?? 0)))
  const line = (row: readonly string[]): readonly string[] =>
    row.map((text, at) => {
      const name = HEAD[at]
      const size = widths[at] ?? 0
      return name !== undefined && RIGHT.has(name) ? text.padStart(size) : text.padEnd(size)
    })
  const joined = (cells: readonly string[]) => cells.join('  ').trimEnd().slice(0, width)
  const stateFrom = (widths[0] ?? 0) + 2
  return [
    pc.dim(joined(line(HEAD))),
    ...markets.map((market, at) => {
      const text = joined(line(rows[at] ?? []))
      const stateTo = stateFrom + market.state.length
      const state = COLOURS[market.state](text.slice(stateFrom, stateTo))
      return `${text.slice(0, stateFrom)}${state}${text.slice(stateTo)}`
    }),
  ]
}
