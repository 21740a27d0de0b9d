import type { Trade } from '@botcriptofy/engine/backtest'
import { countText, durationText, moneyText, percentText, priceText } from '../metric-text/number-text.ts'
import { type Html, html } from '../page/html.ts'
import { minuteText } from '../page/time-text.ts'
import type { BacktestReportData } from './data.ts'
import { exitText } from './exit-table.ts'
import { quoteAsset } from './key-metrics.ts'

/** More rows would make the page heavy without making it clearer. */
export const TRADES_SHOWN = 1000

const quantityText = (value: number): string => String(Number(value.toPrecision(8)))

/** A cell that sorts by its number instead of its text. */
const cell = (value: number, text: string, tone = ''): Html =>
  html`<td data-value="${String(value)}" class="${tone}">${text}</td>`

const rowOf = (trade: Trade, index: number): Html => {
  const tone = trade.pnl < 0 ? 'loss' : trade.pnl > 0 ? 'gain' : ''
  return html`<tr tabindex="0" data-trade="${String(index)}">
    ${[
      cell(index + 1, String(index + 1)),
      html`<td><span class="side ${trade.side}">${trade.side}</span></td>`,
      cell(trade.entryTime, minuteText(trade.entryTime)),
      cell(trade.entryPrice, priceText(trade.entryPrice)),
      cell(trade.exitTime, minuteText(trade.exitTime)),
      cell(trade.exitPrice, priceText(trade.exitPrice)),
      cell(trade.exitTime - trade.entryTime, durationText(trade.exitTime - trade.entryTime)),
      cell(trade.quantity, quantityText(trade.quantity)),
      cell(trade.fees, moneyText(trade.fees)),
      cell(trade.pnl, moneyText(trade.pnl), tone),
      cell(trade.returnFraction, percentText(trade.returnFraction), tone),
      html`<td>${exitText(trade)}</td>`,
    ]}
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
  'Reason',
]

export const tradesTable = ({ result, market }: BacktestReportData): Html => {
  const { trades } = result
  if (trades.length === 0) {
    return html`<section class="card" id="trades">
      <h2>Trades</h2>
      <p class="empty">The rules led to no closed trade.</p>
    </section>`
  }
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
      <small>prices and results in ${quoteAsset(market.symbol)}; choose a row to see it in the chart</small>
    </h2>
    ${more}
    <div class="scroll tall">
      <table class="rows sortable">
        <thead>
          <tr>
            ${HEADS.map((head) => html`<th scope="col"><button type="button">${head}</button></th>`)}
          </tr>
        </thead>
        <tbody>
          ${trades.slice(0, TRADES_SHOWN).map(rowOf)}
        </tbody>
      </table>
    </div>
  </section>`
}
