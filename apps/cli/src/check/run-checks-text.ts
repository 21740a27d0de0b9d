import type { PortfolioChecks, RunChecks } from '@botcriptofy/engine/checks'
import { describeData } from './data-text.ts'
import { describeLookahead } from './lookahead-text.ts'
import { describeWarmup } from './warmup-text.ts'

const describeRunChecks = ({ data, warmup, lookahead }: RunChecks): string =>
  `Candles: ${describeData(data)}\nWarm-up\n${describeWarmup(warmup)}\nLook-ahead\n${describeLookahead(lookahead)}`

/** The checks of one backtest of the API; of a portfolio symbol by symbol. */
export const describeBacktestChecks = (checks: RunChecks | PortfolioChecks): string =>
  'symbols' in checks
    ? checks.symbols.map(({ symbol, checks: own }) => `${symbol}\n${describeRunChecks(own)}`).join('\n')
    : describeRunChecks(checks)
