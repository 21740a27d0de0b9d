// `npm run check`: everything that can be said about the code without running the product. Needs no services.
// `npm run check -- lint types` runs only the steps named.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const code = ['packages', 'apps', 'scripts', 'tests', 'bench'].filter((folder) => existsSync(root + folder))
const importTable = ['--config', '.dependency-cruiser.mjs', '--output-type', 'err-long']

/** Step name → a binary of node_modules/.bin (or node itself) with its arguments; the longest come first. */
const steps = {
  lint: ['oxlint', ...code, 'vitest.config.ts'],
  types: ['tsc', '--build', '--pretty'],
  tidy: ['vitest', 'run', 'tests/architecture', '--reporter=dot'],
  graph: ['node', 'scripts/architecture-graph.mjs', '--check'],
  imports: ['depcruise', ...importTable, ...code],
  compose: ['dclint', 'docker-compose.yml', '--max-warnings', '0'],
  format: ['oxfmt', '--check', '.'],
}

const secondsSince = (startedAt) => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`

/** Resolves to whether the step passed; what it says is shown in one piece when it has ended. */
const run = (name) =>
  new Promise((resolve) => {
    const [binary, ...args] = steps[name]
    const command = binary === 'node' ? process.execPath : `${root}node_modules/.bin/${binary}`
    const startedAt = performance.now()
    const said = []
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    const end = (passed) => {
      if (!passed) process.stdout.write(Buffer.concat(said))
      process.stdout.write(`${passed ? 'ok    ' : 'FAILED'} ${name} (${secondsSince(startedAt)})\n`)
      resolve(passed)
    }
    child.stdout.on('data', (chunk) => said.push(chunk))
    child.stderr.on('data', (chunk) => said.push(chunk))
    // A missing tool is a failure, never a pass.
    child.on('error', (error) => said.push(Buffer.from(`${binary}: ${error.message}\n`)))
    child.on('close', (status) => end(status === 0))
  })

const named = process.argv.slice(2)
const unknown = named.filter((name) => !Object.hasOwn(steps, name))
if (unknown.length > 0) {
  process.stderr.write(`expected steps out of ${Object.keys(steps).join(', ')}; was ${unknown.join(', ')}\n`)
  process.exit(2)
}

const startedAt = performance.now()
const waiting = named.length > 0 ? named : Object.keys(steps)
const failed = []
const runNext = async () => {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    if (!(await run(name))) failed.push(name)
  }
}
await Promise.all([runNext(), runNext()])
const verdict = failed.length === 0 ? 'check passed' : `check failed: ${failed.join(', ')}`
process.stdout.write(`${verdict} (${secondsSince(startedAt)})\n`)
process.exitCode = failed.length === 0 ? 0 : 1
