import { type Candles, findGaps } from '../market/index.ts'
import { createCollector, type Found } from './places.ts'

/** The most frequent step between two opens, the shortest of equals; null below two bars. */
export const usualStep = ({ time }: Candles): number | null => {
  const counts = new Map<number, number>()
  let run = 0
  for (let bar = 1; bar < time.length; bar++) {
    const step = time[bar]! - time[bar - 1]!
    run++
    if (bar + 1 < time.length && time[bar + 1]! - time[bar]! === step) continue
    counts.set(step, (counts.get(step) ?? 0) + run)
    run = 0
  }
  let usual: number | null = null
  let most = 0
  for (const [step, count] of counts) {
    if (count < most || (count === most && usual !== null && step > usual)) continue
    usual = step
    most = count
  }
  return usual
}

/** Whole bars missing inside the series; each gap is placed at the bar after it. */
export const findMissing = (candles: Candles, barMs: number): Found => {
  const collector = createCollector(candles)
  let bar = 0
  for (const { toMs, missing } of findGaps(candles, barMs).gaps) {
    bar = candles.time.indexOf(toMs, bar)
    collector.add(bar, missing, () => `${missing} missing before this bar`)
  }
  return collector.found()
}

/** Bars whose distance to the one before is no whole number of bars. */
export const findOddSteps = (candles: Candles, barMs: number): Found => {
  const { time } = candles
  const collector = createCollector(candles)
  for (let bar = 1; bar < time.length; bar++) {
    const step = time[bar]! - time[bar - 1]!
    if (step === barMs || step % barMs === 0) continue
    collector.add(bar, 1, () => `${step} ms after the bar before, where a bar has ${barMs} ms`)
  }
  return collector.found()
}
