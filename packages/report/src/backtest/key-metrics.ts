import type { MetricKey } from '@botcriptofy/engine/metrics'
import { METRIC_DESCRIPTIONS } from '../metric-text/metric-description.ts'
import { metricText, reasonText } from '../metric-text/metric-text.ts'
import { countText, moneyText, percentText } from '../metric-text/number-text.ts'
import { type Html, html } from '../page/html.ts'
import type { AccountReportData } from './data.ts'

type Result = AccountReportData['result']
type Measured = Pick<AccountReportData, 'time' | 'result' | 'config' | 'quote'>

/** A metric's value, or a dash and why there is none. */
export const metricValue = ({ metrics, metricReasons }: Result, key: MetricKey): Html => {
  const value = metrics[key]
  if (value !== null) return html`${metricText(key, value)}`
  return html`<span class="undefined">–<small>${reasonText(metricReasons[key] ?? '')}</small></span>`
}

const toneOf = (value: number | null): string =>
  value === null || value === 0 ? '' : value > 0 ? 'gain' : 'loss'

interface Tile {
  readonly key: MetricKey
  readonly tone?: boolean
  readonly note: string
}

const noteOf = ({ metrics }: Result, key: MetricKey, say: (text: string) => string): string => {
  const value = metrics[key]
  return value === null ? '' : say(metricText(key, value))
}

const tilesOf = ({ result }: Measured): readonly Tile[] => [
  { key: 'totalReturn', tone: true, note: noteOf(result, 'buyAndHold', (text) => `buy and hold ${text}`) },
  { key: 'cagr', tone: true, note: noteOf(result, 'volatilityAnn', (text) => `volatility ${text}`) },
  { key: 'sharpe', note: noteOf(result, 'psr', (text) => `${text} likely above 0`) },
  { key: 'maxDrawdown', note: noteOf(result, 'maxDrawdownDurationMs', (text) => `longest ${text}`) },
  { key: 'trades', note: noteOf(result, 'winRate', (text) => `${text} won`) },
  { key: 'profitFactor', note: noteOf(result, 'payoffRatio', (text) => `payoff ${text}`) },
  { key: 'exposureTime', note: noteOf(result, 'avgTradeDurationMs', (text) => `${text} a trade`) },
]

const daysOf = ({ time, result }: Measured): number =>
  result.bars === 0 ? 0 : ((time[result.bars - 1] as number) - (time[0] as number)) / 86_400_000

const daysText = (days: number): string => {
  if (days < 1) return 'less than a day'
  return days < 2 ? 'one day' : `${countText(Math.floor(days))} days`
}

const sampleNotice = (data: Measured): Html | null => {
  if (!data.result.lowSample) return null
  const { length } = data.result.trades
  const trades = length === 1 ? 'trade' : 'trades'
  return html`<p class="warning" role="note">
    <strong>Small sample</strong> ${countText(length)} ${trades} in ${daysText(daysOf(data))}: ratios from so
    few observations are mostly chance.
  </p>`
}

export const keyMetrics = (data: Measured): Html => {
  const { result, config, quote } = data
  const change = config.initialCapital > 0 ? result.finalEquity / config.initialCapital - 1 : 0
  return html`<section class="key" aria-label="Key metrics">
    ${sampleNotice(data)}
    <dl class="tiles">
      <div>
        <dt>Final equity</dt>
        <dd class="${toneOf(change)}">${moneyText(result.finalEquity)} <small>${quote}</small></dd>
        <dd class="note">from ${moneyText(config.initialCapital)} (${percentText(change)})</dd>
      </div>
      ${tilesOf(data).map(
        ({ key, tone, note }) =>
          html`<div>
            <dt>${METRIC_DESCRIPTIONS[key].label}</dt>
            <dd class="${tone === true ? toneOf(result.metrics[key]) : ''}">${metricValue(result, key)}</dd>
            <dd class="note">${note}</dd>
          </div>`,
      )}
    </dl>
  </section>`
}
