import type {
  BacktestConfig,
  DenialCode,
  DenialCounts,
  RISK_DENIAL_CODES,
} from '@botcriptofy/engine/backtest'
import { countText, percentText } from '../metric-text/number-text.ts'
import { type Html, html } from '../page/html.ts'
import type { PortfolioReportData } from './data.ts'

type RiskCode = (typeof RISK_DENIAL_CODES)[number]
type Code = DenialCode | RiskCode

const bars = (count: number): string => `${countText(count)} ${count === 1 ? 'bar' : 'bars'}`

const otherSymbols = (count: number): string =>
  `${countText(count)} other ${count === 1 ? 'symbol was' : 'symbols were'}`

/** Why an entry was refused, with the limit as it was set. */
const REASONS: Readonly<Record<Code, (config: BacktestConfig) => string>> = {
  ZERO_QUANTITY: () => 'the size was less than a step of the quantity',
  MIN_NOTIONAL: ({ minNotional }) => `the notional was below the least, ${minNotional ?? 0}`,
  INSUFFICIENT_CASH: () => 'the free cash did not reach',
  NO_STOP_DISTANCE: () => 'a share of the risk needs a stop at a distance',
  MAX_DRAWDOWN: ({ risk }) =>
    `equity had fallen by ${percentText(risk?.maxDrawdown?.fraction ?? 0)} from its peak`,
  DAILY_LOSS: ({ risk }) => `the day had lost ${percentText(risk?.dailyLossFraction ?? 0)}`,
  STOP_LOSS_GUARD: ({ risk }) =>
    `a pause after ${countText(risk?.stopLossGuard?.stops ?? 0)} losing stops in ${bars(risk?.stopLossGuard?.withinBars ?? 0)}`,
  COOLDOWN: ({ risk }) => `the symbol rested ${bars(risk?.cooldownBars ?? 0)} after an exit`,
  MAX_OPEN_POSITIONS: ({ risk }) => `${otherSymbols(risk?.maxOpenPositions ?? 0)} held already`,
  MAX_SYMBOL_EXPOSURE: ({ risk }) =>
    `the position would have been more than ${percentText(risk?.maxSymbolExposureFraction ?? 0)} of equity`,
  MAX_EXPOSURE: ({ risk }) =>
    `all positions would have been more than ${percentText(risk?.maxExposureFraction ?? 0)} of equity`,
}

const countOf = (denied: Readonly<DenialCounts> | undefined, code: Code): number => denied?.[code] ?? 0

/** Which limits kept entries out, and of which symbols; null where none was refused. */
export const refusalsSection = ({ members, detail, config }: PortfolioReportData): Html | null => {
  const rows = (Object.keys(REASONS) as Code[])
    .map((code) => ({ code, counts: detail.members.map(({ denied }) => countOf(denied, code)) }))
    .map((row) => ({ ...row, sum: row.counts.reduce((sum, count) => sum + count, 0) }))
    .filter(({ sum }) => sum > 0)
  if (rows.length === 0) return null
  const symbolsText = (counts: readonly number[]): string =>
    members
      .flatMap(({ market }, member) => {
        const count = counts[member] ?? 0
        return count === 0 ? [] : [`${market.symbol} ${countText(count)}`]
      })
      .join(', ')
  const textOf = ({ code, counts, sum }: (typeof rows)[number]): string =>
    `${countText(sum)} ${sum === 1 ? 'entry' : 'entries'}: ${REASONS[code](config)} (${symbolsText(counts)})`
  return html`<section class="card" id="refusals">
    <h2>Entries that were refused <small>limits refuse entries, they close nothing</small></h2>
    <ul class="words">
      ${rows.map((row) => html`<li>${textOf(row)} <code>${row.code}</code></li>`)}
    </ul>
  </section>`
}
