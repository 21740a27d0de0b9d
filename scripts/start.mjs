// `npm start`: from a fresh clone to the launcher. Prints nothing on stdout; that belongs to what it launches.
import { join } from 'node:path'
import { runInForeground } from './foreground.mjs'
import { requireNode } from './node-version.mjs'
import { prepare } from './prepare.mjs'
import { repositoryRoot } from './services/layout.mjs'
import { failOnSignals } from './services/processes.mjs'
import { reportFailure } from './services/report.mjs'

try {
  requireNode()
  failOnSignals()
  await prepare()
  const main = join(repositoryRoot, 'apps/cli/dist/main.js')
  process.exitCode = await runInForeground([main, 'launch', ...process.argv.slice(2)])
} catch (error) {
  process.exitCode = reportFailure(error)
}
