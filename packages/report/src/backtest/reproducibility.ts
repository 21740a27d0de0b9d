import type { BacktestConfig } from '@botcriptofy/engine/backtest'
import type { RiskLimits } from '@botcriptofy/engine/risk'
import { countText, percentText } from '../metric-text/number-text.ts'
import { type Html, html } from '../page/html.ts'
import type { AccountReportData, BacktestReportData } from './data.ts'

/** How prices run inside `bar`, the smallest one that is known. */
const pathWords = (bar: string): Readonly<Record<BacktestConfig['path'], string>> => ({
  worst: `each ${bar} takes the worse of two price paths, open-low-high-close and open-high-low-close`,
  best: `each ${bar} takes the better of two price paths: an upper bound, not an estimate`,
  ohlc: `prices run open, high, low, close inside each ${bar}`,
  olhc: `prices run open, low, high, close inside each ${bar}`,
  adaptive: `prices run to the extreme nearer to the open of each ${bar} first`,
  stop_first: `a stop inside the ${bar} fills before a target inside the same ${bar}`,
})

const END_WORDS: Readonly<Record<BacktestConfig['endOfData'], string>> = {
  last_close: 'a position still open ends at the last close',
  last_open: 'a position still open ends at the last open',
  leave_open: 'a position still open is left open and marked at the last close',
}

const feeWords = ({ feeRate, makerFeeRate }: BacktestConfig): string =>
  makerFeeRate === null
    ? `every fill pays a fee of ${percentText(feeRate)}`
    : `fills that rested as a limit pay a fee of ${percentText(makerFeeRate)}, others ${percentText(feeRate)}`

/** The rules by which orders were filled, in words. */
const assumptionsOf = ({ config, detailTimeframe: detail }: AccountReportData): readonly string[] => [
  config.latencyBars === 0
    ? 'a signal at a close fills at the next open'
    : `a signal at a close fills ${countText(config.latencyBars + 1)} opens later`,
  `${feeWords(config)}; market and stop fills slip by ${percentText(config.slippageRate)}`,
  ...(detail === undefined
    ? []
    : [
        `rules decide at the close of whole bars, orders fill inside the ${detail} candles that those consist of`,
      ]),
  pathWords(detail === undefined ? 'bar' : `${detail} candle`)[config.path],
  config.limitTouch === 'through'
    ? 'a target fills only when the price trades beyond it'
    : 'a target fills when the price touches it',
  config.limitGap === 'at_limit'
    ? 'a target never fills better than its price, even over a gap'
    : 'a target fills at the open when that is better',
  `stop and target are measured from the ${config.protectFrom === 'fill_price' ? 'fill price' : 'close of the signal bar'}`,
  'a stop fills at the open when the price gaps beyond it',
  END_WORDS[config.endOfData],
  ...(config.participation === null
    ? []
    : [`a fill takes at most ${percentText(config.participation)} of the volume of its bar`]),
  ...(config.leverage === null
    ? []
    : [
        `positions have an isolated margin at a leverage of ${config.leverage} and are liquidated where less than ${percentText(config.maintenanceMarginRate)} of their value is left`,
      ]),
]

const configText = (value: BacktestConfig[keyof BacktestConfig]): string => {
  if (value === null) return 'none'
  if (typeof value !== 'object') return String(value)
  return 'length' in value ? `${countText(value.length)} rates` : limitsText(value)
}

const limitsText = (limits: RiskLimits): string =>
  Object.entries(limits)
    .filter(([, limit]) => limit !== null)
    .map(([name, limit]) => `${name} ${JSON.stringify(limit)}`)
    .join(', ')

const rows = (pairs: readonly Fact[]): Html =>
  html`<table class="pairs">
    <tbody>
      ${pairs.map(
        ([name, value]) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td><code>${value}</code></td>
          </tr>`,
      )}
    </tbody>
  </table>`

/** Name and value. */
export type Fact = readonly [string, string]

/** What identifies the candles of a backtest of one series. */
export const datasetFacts = ({ dataset, market }: BacktestReportData): readonly Fact[] => [
  ['dataset digest', dataset.digest],
  ['data', dataset.simulated ? 'simulated' : `${market.venue} ${market.symbol} ${market.timeframe}`],
  ...(dataset.seed === null ? [] : ([['generator seed', String(dataset.seed)]] as const)),
  ...(dataset.detail === undefined
    ? []
    : ([
        [`digest of the ${dataset.detail.timeframe} candles that fills happened in`, dataset.detail.digest],
      ] as const)),
]

/** Everything that decides the result: the same inputs give the same trades, to the last bit. */
export const reproducibility = (data: AccountReportData, datasets: readonly Fact[]): Html => {
  const { strategy, strategySha256, engineRevision, config, result } = data
  const identity: readonly Fact[] = [
    ['strategy sha256', strategySha256],
    ...datasets,
    ['engine', `${result.engine} (revision ${engineRevision})`],
    ['trades sha256', result.tradesSha256],
  ]
  const settings = Object.entries(config).map(([name, value]): Fact => [
    name,
    configText(value as BacktestConfig[keyof BacktestConfig]),
  ])
  return html`<section class="card" id="reproducibility">
    <h2>Reproducibility</h2>
    <div class="columns two">
      <div>
        <h3>Inputs and result</h3>
        ${rows(identity)}
        <h3>How orders were filled</h3>
        <ul class="words">
          ${assumptionsOf(data).map((text) => html`<li>${text}</li>`)}
        </ul>
      </div>
      <div>
        <h3>Configuration</h3>
        ${rows(settings)}
      </div>
    </div>
    <details>
      <summary>Strategy</summary>
      <pre>${JSON.stringify(strategy, null, 2)}</pre>
    </details>
  </section>`
}
