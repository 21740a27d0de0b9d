import type { Trade } from '@botcriptofy/engine/backtest'
import { countText, durationText, moneyText, percentText, priceText } from '../metric-text/number-text.ts'
import { type Html, html } from '../page/html.ts'
import { minuteText } from '../page/time-text.ts'
import type { AccountReportData } from './data.ts'
import { exitText } from './exit-table.ts'

/** More rows would make the page heavy without making it clearer. */
export const TRADES_SHOWN = 1000

const quantityText = (value: number): string => String(Number(value.toPrecision(8)))

const toneOf = (value: number): string => (value < 0 ? 'loss' : value > 0 ? 'gain' : '')

interface Row {
  readonly trade: Trade
  readonly index: number
  readonly mae: number
  readonly mfe: number
}

/** The numbers to sort by come from the data of the page, see `assets/trades.js`. */
const rowOf = ({ trade, index, mae, mfe }: Row): Html => {
  const tone = toneOf(trade.pnl)
  const fills = trade.fills === undefined ? '' : ` (${trade.fills.length} fills)`
  const texts = [
    minuteText(trade.entryTime),
    priceText(trade.entryPrice),
    minuteText(trade.exitTime),
    priceText(trade.exitPrice),
    trade.exitIndex === trade.entryIndex ? 'in one bar' : durationText(trade.exitTime - trade.entryTime),
    quantityText(trade.quantity),
    moneyText(trade.fees),
  ]
  return html`<tr tabindex="0" data-trade="${String(index)}">
    <td>${index + 1}</td>
    ${trade.symbol === undefined ? null : html`<td>${trade.symbol}</td>`}
    <td class="side ${trade.side}">${trade.side}</td>
    ${texts.map((text) => html`<td>${text}</td>`)}
    <td class="${tone}">${moneyText(trade.pnl)}</td>
    <td class="${tone}">${percentText(trade.returnFraction)}</td>
    <td>${percentText(mae)}</td>
    <td>${percentText(mfe)}</td>
    <td>${exitText(trade)}${fills}</td>
  </tr>`
}

const HEADS = [
  '#',
  'Side',
  'Entry',
  'Price',
  'Exit',
  'Price',
  'Held',
  'Quantity',
  'Fees',
  'Result',
  'Return',
  'Adverse',
  'Favourable',
  'Reason',
]

const headsOf = (isPortfolio: boolean): readonly string[] =>
  isPortfolio ? HEADS.toSpliced(1, 0, 'Symbol') : HEADS

/** Trades of a portfolio name their symbols, and there is no chart of one price to show them in. */
export const tradesTable = ({ result, quote, detail }: AccountReportData): Html => {
  const { trades } = result
  const excursions = (i: number) => ({ mae: detail.mae[i] ?? Number.NaN, mfe: detail.mfe[i] ?? Number.NaN })
  if (trades.length === 0) {
    return html`<section class="card" id="trades">
      <h2>Trades</h2>
      <p class="empty">The rules led to no closed trade.</p>
    </section>`
  }
  const isPortfolio = trades[0]?.symbol !== undefined
  const hints = [
    ...(quote === '' ? [] : [`prices and results in ${quote}`]),
    ...(isPortfolio ? [] : ['choose a row to see it in the chart']),
  ]
  const more =
    trades.length > TRADES_SHOWN
      ? html`<p class="hint">
          The first ${countText(TRADES_SHOWN)} of ${countText(trades.length)} trades are listed here; every
          figure above counts all of them.
        </p>`
      : null
  return html`<section class="card" id="trades">
    <h2>
      Trades
      <small>${hints.join('; ')}</small>
    </h2>
    ${more}
    <div class="scroll tall">
      <table class="rows sortable">
        <thead>
          <tr>
            ${headsOf(isPortfolio).map((head) => html`<th scope="col"><button type="button">${head}</button></th>`)}
          </tr>
        </thead>
        <tbody>
          ${trades.slice(0, TRADES_SHOWN).map((trade, index) => rowOf({ trade, index, ...excursions(index) }))}
        </tbody>
      </table>
    </div>
  </section>`
}
