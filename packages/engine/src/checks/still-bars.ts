import type { Candles } from '../market/index.ts'
import { createCollector, type Found } from './places.ts'

/** Fewer bars at one price happen in any quiet market. */
export const FLAT_RUN_BARS = 5

export const findZeroVolume = (candles: Candles): Found => {
  const collector = createCollector(candles)
  candles.volume.forEach((value, bar) => {
    if (value === 0) collector.add(bar, 1, () => 'no volume')
  })
  return collector.found()
}

const isFlat = ({ high, low }: Candles, bar: number): boolean => high[bar] === low[bar]

const repeats = ({ open, high, low, close }: Candles, bar: number): boolean =>
  close[bar] === close[bar - 1] &&
  open[bar] === open[bar - 1] &&
  high[bar] === high[bar - 1] &&
  low[bar] === low[bar - 1]

/** Bars equal to the one before in every price and in volume, although something traded at several prices. */
export const findDuplicates = (candles: Candles): Found => {
  const { time, volume } = candles
  const collector = createCollector(candles)
  for (let bar = 1; bar < time.length; bar++) {
    if (!repeats(candles, bar) || isFlat(candles, bar) || volume[bar] !== volume[bar - 1]) continue
    collector.add(bar, 1, () => 'repeats the bar before, volume included')
  }
  return collector.found()
}

/** Runs of at least FLAT_RUN_BARS bars that stand at one price. */
export const findFlatRuns = (candles: Candles): Found => {
  const { time, close } = candles
  const collector = createCollector(candles)
  let from = 0
  const end = (to: number): void => {
    const first = from
    const length = to - first
    if (length >= FLAT_RUN_BARS) collector.add(first, length, () => `${length} bars at ${close[first]!}`)
  }
  for (let bar = 0; bar < time.length; bar++) {
    const flat = isFlat(candles, bar)
    if (flat && bar > from && repeats(candles, bar)) continue
    end(bar)
    from = flat ? bar : bar + 1
  }
  end(time.length)
  return collector.found()
}
