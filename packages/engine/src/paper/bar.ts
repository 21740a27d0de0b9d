import type { Problem } from '../kernel/index.ts'

/** A closed bar; `time` is its open in epoch ms, prices are in quote units, volume is in base units. */
export interface BarPrices {
  readonly time: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
}

export interface PaperBar extends BarPrices {
  /** Position in the series; latency and expiry count it. */
  readonly index: number
  /** Finer bars that make up this one, in order: fills then happen in them, decisions stay here. */
  readonly children?: readonly BarPrices[] | undefined
  /** No bar follows: what is held at its end is closed as `config.endOfData` says. */
  readonly isLast?: boolean | undefined
}

const mismatch = (bar: PaperBar, name: string, [own, theirs]: readonly [number, number]): Problem | null =>
  own === theirs
    ? null
    : {
        path: `bar ${bar.index}`,
        expected: `${name} ${theirs}, that of its detail bars`,
        actual: String(own),
      }

/** What is wrong between a bar and its children: open, close and both extremes have to be theirs. */
export const detailProblem = (bar: PaperBar): Problem | null => {
  const { children } = bar
  if (children === undefined) return null
  const first = children[0]
  const last = children.at(-1)
  if (first === undefined || last === undefined) {
    return { path: `bar ${bar.index}`, expected: 'at least one detail bar', actual: 'none' }
  }
  let { high, low } = first
  for (const child of children) {
    if (child.high > high) high = child.high
    if (child.low < low) low = child.low
  }
  return (
    mismatch(bar, 'open', [bar.open, first.open]) ??
    mismatch(bar, 'high', [bar.high, high]) ??
    mismatch(bar, 'low', [bar.low, low]) ??
    mismatch(bar, 'close', [bar.close, last.close])
  )
}
