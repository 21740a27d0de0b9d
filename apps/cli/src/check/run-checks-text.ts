import type { PortfolioChecks, RunChecks } from '@botcriptofy/engine/checks'
import { WorkFailed } from '../failure.ts'
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

/** Names of the checks that failed, of a portfolio with the symbol. */
const failedChecks = (checks: RunChecks | PortfolioChecks): readonly string[] => {
  if ('symbols' in checks) {
    return checks.symbols.flatMap(({ symbol, checks: own }) =>
      failedChecks(own).map((name) => `${symbol} ${name}`),
    )
  }
  const { data, warmup, lookahead } = checks
  return Object.entries({ data, warmup, lookahead })
    .filter(([, check]) => check.verdict === 'fail')
    .map(([name]) => name)
}

/** Checks that failed end a command with status 1. */
export const refuseFailed = (checks: RunChecks | PortfolioChecks): void => {
  const failed = failedChecks(checks)
  if (failed.length > 0) throw new WorkFailed(`failed: ${failed.join(', ')}`)
}
