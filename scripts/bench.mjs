// `npm run bench -- NAME [--json]` runs bench/NAME.bench.ts from source; without a name it lists them.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { runInForeground } from './foreground.mjs'
import { prepare } from './prepare.mjs'
import { repositoryRoot } from './services/layout.mjs'
import { failOnSignals } from './services/processes.mjs'
import { Failure, reportFailure } from './services/report.mjs'

const suffix = '.bench.ts'
const folder = join(repositoryRoot, 'bench')
const names = readdirSync(folder)
  .filter((file) => file.endsWith(suffix))
  .map((file) => file.slice(0, -suffix.length))
const [name, ...rest] = process.argv.slice(2)

try {
  if (name === undefined) process.stdout.write(names.map((each) => `${each}\n`).join(''))
  else if (!names.includes(name))
    throw new Failure(`benchmark: expected one of ${names.join(', ')}, was ${name}`, 2)
  else {
    failOnSignals()
    await prepare()
    const fromSource = ['--conditions=@botcriptofy/source', '--import', 'tsx']
    process.exitCode = await runInForeground([...fromSource, join(folder, `${name}${suffix}`), ...rest])
  }
} catch (error) {
  process.exitCode = reportFailure(error)
}
