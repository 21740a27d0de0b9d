import { acceptedRun, backtestView } from '@botcriptofy/contracts/backtest'
import { backtestChecksView } from '@botcriptofy/contracts/checks'
import type { Command } from 'commander'
import { describeBacktestChecks, refuseFailed } from '../check/run-checks-text.ts'
import { connect } from '../client/connect.ts'
import { addSubmitOptions, printJson, submitBody, type SubmitFlags } from '../runs/options.ts'
import { addRunCommands, runView } from '../runs/run-commands.ts'
import { watchRun } from '../runs/watch.ts'
import { describeBacktest } from './backtest-text.ts'

/** Backtests of the API; `botcriptofy backtest` runs one without a server. */
export const defineBacktests = (backtests: Command): void => {
  addSubmitOptions(
    backtests.command('submit').description('queue a backtest'),
    'BASE/QUOTE; several times: a portfolio, first come first',
  )
    .option(
      '--detail <timeframe>',
      'finer candles of the same symbol, such as 1m: fills then happen inside these',
    )
    .action(submit)
  addRunCommands(backtests, { name: 'backtests', print })
  backtests
    .command('checks')
    .description('what was checked before it ran: candles, warm-up, look-ahead')
    .argument('<id>')
    .option('--json', 'print one JSON object')
    .action(showChecks)
}

/** Status 1 when a check failed, as with `botcriptofy check`. */
const showChecks = async (id: string, flags: { readonly json?: boolean }): Promise<void> => {
  const checks = await connect().get(`/v1/backtests/${encodeURIComponent(id)}/checks`, backtestChecksView)
  if (flags.json === true) printJson(checks)
  else process.stdout.write(describeBacktestChecks(checks))
  refuseFailed(checks)
}

const print = async (view: unknown): Promise<void> => {
  process.stdout.write(describeBacktest(backtestView.parse(view)))
}

const submit = async (flags: SubmitFlags): Promise<void> => {
  const api = connect()
  const accepted = await api.post('/v1/backtests', { json: await submitBody(flags) }, acceptedRun)
  if (flags.wait !== true) {
    if (flags.json === true) printJson(accepted)
    else process.stdout.write(`${accepted.id} queued; botcriptofy backtests watch ${accepted.id}\n`)
    return
  }
  const run = { path: `/v1/backtests/${accepted.id}`, label: 'backtest', view: runView, isQuiet: flags.json }
  const view = await watchRun(api, run)
  if (flags.json === true) printJson(view)
  else await print(view)
}
