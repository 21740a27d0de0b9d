// `npm run check`: everything that can be said about the code without running it. Needs no services.
// `npm run check -- lint types` runs only the steps named.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const code = ['packages', 'apps', 'scripts', 'tests', 'bench'].filter((folder) => existsSync(root + folder))
const importTable = ['--config', '.dependency-cruiser.mjs', '--output-type', 'err-long']

/** Step name → the commands it runs, each a binary of node_modules/.bin (or node itself) with its arguments. */
const steps = {
  format: [['oxfmt', '--check', '--no-error-on-unmatched-pattern', '.']],
  lint: [['oxlint', ...code, 'vitest.config.ts']],
  types: [['tsc', '--build']],
  imports: [['depcruise', ...importTable, ...code]],
  graph: [['node', 'scripts/architecture-graph.mjs', '--check']],
  tidy: [['vitest', 'run', 'tests/architecture', '--reporter=dot']],
  compose: [['dclint', 'docker-compose.yml', '--max-warnings', '0']],
}

const run = ([binary, ...args]) => {
  const command = binary === 'node' ? process.execPath : `${root}node_modules/.bin/${binary}`
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  // A missing tool is a failure, never a pass.
  if (error) process.stderr.write(`${binary}: ${error.message}\n`)
  return status === 0
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !Object.hasOwn(steps, name))
if (unknown.length > 0) {
  process.stderr.write(`expected steps out of ${Object.keys(steps).join(', ')}; was ${unknown.join(', ')}\n`)
  process.exit(2)
}

const failed = []
const startedAt = performance.now()
for (const [name, commands] of Object.entries(steps)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const stepStartedAt = performance.now()
  const passed = commands.map(run).every(Boolean)
  if (!passed) failed.push(name)
  const seconds = ((performance.now() - stepStartedAt) / 1000).toFixed(1)
  process.stdout.write(`${passed ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)\n`)
}
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
process.stdout.write(
  failed.length === 0
    ? `check passed in ${seconds} s\n`
    : `check failed: ${failed.join(', ')} (${seconds} s)\n`,
)
process.exit(failed.length === 0 ? 0 : 1)
