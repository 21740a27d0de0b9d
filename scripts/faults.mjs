// `npm run faults -- [--seed N] [--minutes M] [--json]`: the fault lab of tests/faults/lab, against the built apps.
import { join } from 'node:path'
import { runInForeground } from './foreground.mjs'
import { prepare } from './prepare.mjs'
import { repositoryRoot } from './services/layout.mjs'
import { failOnSignals } from './services/processes.mjs'
import { reportFailure } from './services/report.mjs'

try {
  failOnSignals()
  await prepare()
  const fromSource = ['--conditions=@botcriptofy/source', '--import', 'tsx']
  const lab = join(repositoryRoot, 'tests/faults/lab/main.ts')
  process.exitCode = await runInForeground([...fromSource, lab, ...process.argv.slice(2)])
} catch (error) {
  process.exitCode = reportFailure(error)
}
