// Dependencies and build, brought up to date by whoever starts something; one at a time per checkout.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ensureInstalled } from './install.mjs'
import { makeDataDir, repositoryRoot } from './services/layout.mjs'
import { withLock } from './services/leases.mjs'
import { run } from './services/processes.mjs'
import { Failure, say } from './services/report.mjs'

// A build without changes takes turbo 0.15 s, so nothing is gained by deciding ourselves whether to ask it.
const build = async () => {
  const turbo = join(repositoryRoot, 'node_modules/turbo/bin/turbo')
  if (!existsSync(turbo)) throw new Failure('node_modules has no turbo: remove node_modules and start again')
  const notice = setTimeout(() => say('building…'), 1000)
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' }
  const args = [turbo, 'run', 'build', '--output-logs=errors-only']
  const { status, output } = await run(process.execPath, args, { cwd: repositoryRoot, env }).finally(() =>
    clearTimeout(notice),
  )
  if (status === 0) return
  say(output.trim())
  throw new Failure('the build failed: see above')
}

const lockFile = join(makeDataDir(), 'prepare.lock')

export const buildAlone = () => withLock({ lockFile }, build)

export const prepare = () =>
  withLock({ lockFile }, async () => {
    await ensureInstalled()
    await build()
  })
