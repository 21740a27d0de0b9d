import { sweepChecksView } from '@botcriptofy/contracts/checks'
import type { Command } from 'commander'
import { describeBacktestChecks, refuseFailed } from '../check/run-checks-text.ts'
import { connect } from '../client/connect.ts'
import { printJson } from '../runs/options.ts'

/** What was checked with a sweep's first run; status 1 when a check failed, as with `botcriptofy check`. */
export const addChecks = (sweeps: Command): void => {
  sweeps
    .command('checks')
    .description('what was checked with its first run: candles, warm-up, look-ahead')
    .argument('<id>')
    .option('--json', 'print one JSON object')
    .action(async (id: string, flags: { readonly json?: boolean }) => {
      const found = await connect().get(`/v1/sweeps/${encodeURIComponent(id)}/checks`, sweepChecksView)
      const { params, checks } = found
      const text = `Checked with ${JSON.stringify(params)}\n${describeBacktestChecks(checks)}`
      if (flags.json === true) printJson(found)
      else process.stdout.write(text)
      refuseFailed(checks)
    })
}
