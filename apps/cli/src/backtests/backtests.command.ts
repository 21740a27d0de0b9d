import { acceptedRun, backtestView } from '@botcriptofy/contracts/backtest'
import type { Command } from 'commander'
import { connect } from '../client/connect.ts'
import { addSubmitOptions, printJson, submitBody, type SubmitFlags } from '../runs/options.ts'
import { addRunCommands, runView } from '../runs/run-commands.ts'
import { watchRun } from '../runs/watch.ts'
import { describeBacktest } from './backtest-text.ts'

/** Backtests of the API; `botcriptofy backtest` runs one without a server. */
export const defineBacktests = (backtests: Command): void => {
  addSubmitOptions(backtests.command('submit').description('queue a backtest')).action(submit)
  addRunCommands(backtests, { name: 'backtests', print })
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
  const view = await watchRun('backtest', () => api.get(`/v1/backtests/${accepted.id}`, runView))
  if (flags.json === true) printJson(view)
  else await print(view)
}
