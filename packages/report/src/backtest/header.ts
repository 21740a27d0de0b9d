import { countText } from '../metric-text/number-text.ts'
import { type Html, html } from '../page/html.ts'
import { minuteText } from '../page/time-text.ts'
import type { AccountReportData } from './data.ts'

const periodText = ({ time, result }: AccountReportData): string => {
  if (result.bars === 0) return 'no bars'
  const first = time[0] as number
  const last = time[result.bars - 1] as number
  return `${minuteText(first)} → ${minuteText(last)} UTC`
}

export const simulatedNotice = (simulated: boolean): Html | null =>
  simulated
    ? html`<p class="simulated" role="note">
        <strong>Simulated data</strong> These candles were made by a generator, not by a market. The figures
        say how the engine behaves, not what a strategy would have earned.
      </p>`
    : null

/** Of every page with `assets/page.js`. */
export const tools = (): Html =>
  html`<div class="tools">
    <button type="button" class="switch" id="theme">Dark</button>
    <button type="button" class="switch" id="print">Print</button>
  </div>`

export interface Heading {
  /** Above the name of the strategy. */
  readonly kicker: string
  /** What was run. */
  readonly markets: readonly string[]
  readonly simulated: boolean
}

export const header = (data: AccountReportData, { kicker, markets, simulated }: Heading): Html => {
  const { strategy, result } = data
  const { detailTimeframe: detail } = data
  const filled = detail === undefined ? [] : [`fills inside ${detail} candles`]
  const facts = [...markets, periodText(data), `${countText(result.bars)} bars`, ...filled]
  return html`<header>
    ${tools()}
    <p class="kicker">${kicker}</p>
    <h1>
      ${strategy.name}
      <small
        >v${strategy.version} ·
        ${strategy.direction === 'both' ? 'long and short' : strategy.direction}</small
      >
    </h1>
    <ul class="facts">
      ${facts.map((fact) => html`<li>${fact}</li>`)}
    </ul>
    ${simulatedNotice(simulated)}
  </header>`
}
