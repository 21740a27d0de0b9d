import { type Market, marketId } from '@botcriptofy/contracts/stream'
import { marketLines } from './market-text.ts'

/** Where the states of markets are shown. */
export interface MarketScreen {
  readonly show: (markets: readonly Market[]) => void
  /** Something about the watching itself. */
  readonly note: (text: string) => void
}

const CLEAR_LINE = '\u001B[2K'
const up = (lines: number): string => (lines > 0 ? `\u001B[${lines}A\r` : '')

/** Terminals that do not know their size say 0. */
const sizeOr = (size: number | undefined, otherwise: number): number =>
  size === undefined || size === 0 ? otherwise : size

type Terminal = Pick<NodeJS.WriteStream, 'write' | 'columns' | 'rows'>

/** Draws over what it drew before; a note is the last line. */
export const redrawnScreen = (out: Terminal): MarketScreen => {
  let drawn = 0
  let markets: readonly Market[] = []
  let said = ''
  const draw = () => {
    const all =
      markets.length === 0
        ? ['no market is followed yet']
        : marketLines(markets, sizeOr(out.columns, Infinity))
    // What does not fit would scroll, and could not be drawn over any more.
    const room = Math.max(2, sizeOr(out.rows, 24) - 2)
    const hidden = all.length > room ? [`… and ${all.length - room} more`] : []
    const lines = [...all.slice(0, room), ...hidden, ...(said === '' ? [] : [said])]
    const blanks = Math.max(0, drawn - lines.length)
    const text = [...lines, ...Array.from({ length: blanks }, () => '')].map(
      (line) => `${CLEAR_LINE}${line}\n`,
    )
    out.write(`${up(drawn)}${text.join('')}${up(blanks)}`)
    drawn = lines.length
  }
  return {
    show: (items) => {
      markets = items
      draw()
    },
    note: (text) => {
      said = text
      draw()
    },
  }
}

/** For a file or a pipe: a line when the price or the state of a market has changed. */
export const plainScreen = (
  out: Pick<NodeJS.WriteStream, 'write'>,
  notes: Pick<NodeJS.WriteStream, 'write'>,
): MarketScreen => {
  const told = new Map<string, string>()
  return {
    show: (markets) => {
      for (const { state, lastPrice, ...market } of markets) {
        const text = `${marketId(market)} ${state} ${lastPrice ?? '–'}`
        if (told.get(marketId(market)) === text) continue
        told.set(marketId(market), text)
        out.write(`${new Date().toISOString()} ${text}\n`)
      }
    },
    note: (text) => {
      if (text !== '') notes.write(`${text}\n`)
    },
  }
}
