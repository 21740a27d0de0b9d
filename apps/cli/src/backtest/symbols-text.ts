import type { PortfolioReport } from '@botcriptofy/engine/backtest'
import Table from 'cli-table3'
import { NO_RULES } from '../table-style.ts'

/** What each symbol of a portfolio brought, in the order of priority. */
export const describeSymbols = ({ symbols, trades }: PortfolioReport): string => {
  const table = new Table({
    head: ['symbol', 'bars', 'trades', 'won', 'profit'],
    colAligns: ['left', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
    chars: NO_RULES,
  })
  for (const { symbol, bars } of symbols) {
    const own = trades.filter((trade) => trade.symbol === symbol)
    const won = own.filter(({ pnl }) => pnl > 0).length
    const profit = own.reduce((sum, { pnl }) => sum + pnl, 0)
    table.push([symbol, String(bars), String(own.length), String(won), profit.toFixed(2)])
  }
  return `${table.toString()}\n`
}
