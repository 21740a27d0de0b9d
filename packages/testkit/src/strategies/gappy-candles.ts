import { seededRandom } from '@botcriptofy/engine/kernel'
import { allocateCandles, type Candles } from '@botcriptofy/engine/market'

export interface GappySeries {
  readonly seed: number
  readonly bars: number
  readonly barMs: number
}

/**
 * Coarse prices, so that ties and crosses abound; every tenth bar is followed by a gap, a few are bars without volume.
 * The smallest step is `barMs` from two bars on, and the start lies somewhere inside a day.
 */
export const gappyCandles = ({ seed, bars, barMs }: GappySeries): Candles => {
  const random = seededRandom(seed)
  const whole = (below: number): number => Math.floor(random() * below)
  const candles = allocateCandles(bars, { shared: false })
  let time = 1_700_000_000_000 - (1_700_000_000_000 % 86_400_000) + whole(100) * barMs
  let price = 20
  for (let bar = 0; bar < bars; bar++) {
    const open = Math.max(5, price + (whole(5) === 0 ? whole(5) - 2 : 0))
    price = Math.max(5, open + whole(7) - 3)
    candles.time[bar] = time
    candles.open[bar] = open
    candles.high[bar] = Math.max(open, price) + whole(3)
    candles.low[bar] = Math.min(open, price) - whole(3)
    candles.close[bar] = price
    candles.volume[bar] = whole(8) === 0 ? 0 : 1 + whole(9)
    time += barMs * (bar > 0 && whole(10) === 0 ? 1 + whole(40) : 1)
  }
  return candles
}
