import { drawdownColumn } from '../backtest/equity-history.ts'
import { keyMetrics } from '../backtest/key-metrics.ts'
import { monthlyTable } from '../backtest/monthly-table.ts'
import { type Html, html } from '../page/html.ts'
import { bucketStarts } from '../page/downsample.ts'
import { packFloat32, packFloat64 } from '../page/pack.ts'
import type { TearSheetData } from './data.ts'

const BUCKETS = 700

/** Rows of the lowest and the highest equity of each of so many stretches, and both ends: what a curve shows. */
export const curveRows = (equity: Float64Array): readonly number[] => {
  const starts = bucketStarts(equity.length, BUCKETS)
  const rows = new Set<number>()
  for (const [k, from] of starts.entries()) {
    let [low, high] = [from, from]
    for (let row = from; row < (starts[k + 1] ?? equity.length); row++) {
      if (equity[row]! < equity[low]!) low = row
      if (equity[row]! > equity[high]!) high = row
    }
    for (const row of [low, high].toSorted((a, b) => a - b)) rows.add(row)
  }
  if (equity.length > 0) rows.add(0).add(equity.length - 1)
  return [...rows].toSorted((a, b) => a - b)
}

/** What `assets/curves.js` draws. */
export const curveData = ({ time, equity, config, quote }: TearSheetData) => {
  const rows = curveRows(equity)
  const at = (column: Float64Array) => packFloat32(rows.map((row) => column[row]!))
  return {
    quote,
    curve: {
      time: packFloat64(rows.map((row) => time[row]! / 1000)),
      equity: at(equity),
      held: null,
      drawdown: at(drawdownColumn({ time, equity, initialCapital: config.initialCapital })),
      worst: null,
      best: null,
    },
  }
}

const chart = (id: string, label: string): Html =>
  html`<div class="chart" id="${id}" role="img" aria-label="${label}"></div>`

/** Equity, drawdown, months and key metrics of the best run. */
export const tearSheet = (best: TearSheetData): Html =>
  html`${keyMetrics(best)}
    <section class="card" id="equity">
      <h2>
        Equity of the best run <small>in quote units, at the closes</small>
        <button type="button" class="switch" id="log-scale" aria-pressed="false">log scale</button>
      </h2>
      ${chart('equity-chart', 'Equity of the best run')}
      <h3>Drawdown <small>below the highest equity so far</small></h3>
      ${chart('drawdown-chart', 'Drawdown over time')}
      <p class="hint">Drag to zoom, double-click for the whole period. Times are UTC.</p>
    </section>
    ${monthlyTable(best)}`
