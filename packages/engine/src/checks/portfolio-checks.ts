import type { BacktestConfig, PortfolioMember } from '../backtest/index.ts'
import type { Program } from '../strategy/index.ts'
import type { RunChecks } from './findings.ts'
import { runChecks } from './run-checks.ts'
import { gravest, type Verdict } from './verdict.ts'

/** What was checked before a portfolio: the rules on the candles of each symbol, as if it were run alone. */
export interface PortfolioChecks {
  /** The gravest of all symbols. */
  readonly verdict: Verdict
  /** In the order of priority. */
  readonly symbols: readonly { readonly symbol: string; readonly checks: RunChecks }[]
}

export interface PortfolioChecksInput {
  readonly program: Program
  readonly members: readonly PortfolioMember[]
  readonly config: BacktestConfig
}

export const portfolioChecks = ({ program, members, config }: PortfolioChecksInput): PortfolioChecks => {
  const symbols = members.map(({ symbol, series: { candles, barMs } }) => ({
    symbol,
    checks: runChecks({ program, candles, config, barMs }),
  }))
  return { verdict: gravest(symbols.map(({ checks }) => checks.verdict)), symbols }
}
