import type { Trade } from '@botcriptofy/engine/backtest'
import { countText, moneyText, percentText } from '../metric-text/number-text.ts'
import { type Html, html } from '../page/html.ts'
import type { Allocation } from './allocation.ts'
import type { PortfolioReportData } from './data.ts'

const toneOf = (value: number): string => (value < 0 ? 'loss' : value > 0 ? 'gain' : '')

interface SymbolRow {
  readonly symbol: string
  readonly bars: number
  readonly trades: readonly Trade[]
  /** Share of the tested time in which it was held. */
  readonly held: number
  readonly allocation: number
  readonly refused: number
  readonly isOpen: boolean
}

/** Time between entries and exits, and since the entry of what is still open, in ms. */
const heldMs = ({ time, result, detail, members }: PortfolioReportData, member: number): number => {
  const { market, candles } = members[member]!
  const endMs = time[result.bars - 1] ?? 0
  const open = detail.members[member]?.openPosition ?? null
  const openMs = open === null ? 0 : endMs - (candles.time[open.entryIndex] as number)
  return result.trades
    .filter(({ symbol }) => symbol === market.symbol)
    .reduce((sum, { entryTime, exitTime }) => sum + exitTime - entryTime, openMs)
}

const rowsOf = (data: PortfolioReportData, { means }: Allocation): readonly SymbolRow[] => {
  const { time, result, detail, members, config } = data
  const testedMs = (time[result.bars - 1] ?? 0) - (time[detail.firstTradableBar] ?? Infinity)
  return members.map(({ market: { symbol }, candles }, member) => {
    const own = detail.members[member]
    return {
      symbol,
      bars: Math.min(candles.time.length, config.rows ?? Infinity),
      trades: result.trades.filter((trade) => trade.symbol === symbol),
      held: testedMs > 0 ? heldMs(data, member) / testedMs : 0,
      allocation: means[member] as number,
      refused: Object.values(own?.denied ?? {}).reduce((sum, count) => sum + count, 0),
      isOpen: own?.openPosition !== null,
    }
  })
}

const rowHtml = ({ symbol, bars, trades, held, allocation, refused, isOpen }: SymbolRow): Html => {
  const wins = trades.filter(({ pnl }) => pnl > 0).length
  const pnl = trades.reduce((sum, trade) => sum + trade.pnl, 0)
  const fees = trades.reduce((sum, trade) => sum + trade.fees, 0)
  const mean = trades.reduce((sum, trade) => sum + trade.returnFraction, 0) / trades.length
  const some = (text: string): string => (trades.length === 0 ? '–' : text)
  return html`<tr>
    <th scope="row">${symbol}</th>
    <td>${countText(bars)}</td>
    <td>${countText(trades.length)}${isOpen ? html` <small>and one open</small>` : null}</td>
    <td>${some(percentText(wins / trades.length))}</td>
    <td class="${some(toneOf(mean))}">${some(percentText(mean))}</td>
    <td class="${toneOf(pnl)}">${moneyText(pnl)}</td>
    <td>${moneyText(fees)}</td>
    <td>${percentText(held)}</td>
    <td>${percentText(allocation)}</td>
    <td>${countText(refused)}</td>
  </tr>`
}

const HEADS = [
  'Symbol',
  'Bars',
  'Trades',
  'Won',
  'Mean return',
  'Result',
  'Fees',
  'Time held',
  'Mean share of equity',
  'Entries refused',
]

/** What each symbol brought, in the order of priority. */
export const symbolsTable = (data: PortfolioReportData, allocation: Allocation): Html =>
  html`<section class="card" id="symbols">
    <h2>
      Symbols
      <small
        >in the order of
        priority${data.quote === '' ? '' : `; results of closed trades in ${data.quote}`}</small
      >
    </h2>
    <div class="scroll">
      <table class="rows">
        <thead>
          <tr>
            ${HEADS.map((head) => html`<th scope="col">${head}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rowsOf(data, allocation).map(rowHtml)}
        </tbody>
      </table>
    </div>
  </section>`
