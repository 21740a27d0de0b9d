import type { Trade } from '@botcriptofy/engine/backtest'
import { countText, moneyText, percentText } from '../metric-text/number-text.ts'
import { type Html, html } from '../page/html.ts'
import type { AccountReportData } from './data.ts'

export const exitText = ({ exitReason, gap }: Trade): string =>
  `${exitReason.replaceAll('_', ' ')}${gap === true ? ' (gap)' : ''}`

interface Group {
  readonly name: string
  readonly trades: readonly Trade[]
}

const groupBy = (trades: readonly Trade[], nameOf: (trade: Trade) => string): Group[] => {
  const groups = new Map<string, Trade[]>()
  for (const trade of trades) {
    const known = groups.get(nameOf(trade))
    if (known === undefined) groups.set(nameOf(trade), [trade])
    else known.push(trade)
  }
  return [...groups]
    .map(([name, members]) => ({ name, trades: members }))
    .sort((a, b) => b.trades.length - a.trades.length)
}

const rowOf = ({ name, trades }: Group): Html => {
  const wins = trades.filter(({ pnl }) => pnl > 0).length
  const pnl = trades.reduce((sum, trade) => sum + trade.pnl, 0)
  const mean = trades.reduce((sum, trade) => sum + trade.returnFraction, 0) / trades.length
  return html`<tr>
    <th scope="row">${name}</th>
    <td>${countText(trades.length)}</td>
    <td>${percentText(wins / trades.length)}</td>
    <td class="${mean < 0 ? 'loss' : 'gain'}">${percentText(mean)}</td>
    <td class="${pnl < 0 ? 'loss' : 'gain'}">${moneyText(pnl)}</td>
  </tr>`
}

/** Trades by side and by the reason of their exit. */
export const exitTable = ({ result }: AccountReportData): Html | null => {
  const { trades } = result
  if (trades.length === 0) return null
  const body = (groups: readonly Group[]) =>
    html`<tbody>
      ${groups.map(rowOf)}
    </tbody>`
  return html`<section class="card" id="exits">
    <h2>Sides and exits</h2>
    <div class="scroll">
      <table class="rows">
        <thead>
          <tr>
            <th scope="col">Group</th>
            <th scope="col">Trades</th>
            <th scope="col">Won</th>
            <th scope="col">Mean return</th>
            <th scope="col">Result</th>
          </tr>
        </thead>
        ${body(groupBy(trades, ({ side }) => side))} ${body(groupBy(trades, exitText))}
      </table>
    </div>
  </section>`
}
