// Installs the dependencies when what is in node_modules is not what the lock says.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { repositoryRoot } from './services/layout.mjs'
import { run } from './services/processes.mjs'
import { Failure, explain, say } from './services/report.mjs'

const lockFile = join(repositoryRoot, 'package-lock.json')
const stampFile = join(repositoryRoot, 'node_modules/.botcriptofy-install')
const npmsOwnLock = join(repositoryRoot, 'node_modules/.package-lock.json')

/** What an installation depends on. Times of files are no help: they lie after a git checkout. */
export const fingerprint = (lockText) => {
  const machine = [process.platform, process.arch, process.versions.node.split('.')[0]].join(' ')
  return createHash('sha256').update(lockText).update(machine).digest('hex')
}

/** Whether npm's record of node_modules has every package of the lock; optional ones may belong to other platforms. */
export const isComplete = (lock, record) =>
  Object.entries(lock.packages).every(
    ([place, entry]) =>
      place === '' ||
      entry.optional ||
      entry.link ||
      !place.startsWith('node_modules/') ||
      record.packages[place]?.version === entry.version,
  )

const isInstalled = (lockText, wanted) => {
  if (existsSync(stampFile)) return readFileSync(stampFile, 'utf8') === wanted
  // Somebody ran `npm ci` by hand.
  if (!existsSync(npmsOwnLock)) return false
  const complete = isComplete(JSON.parse(lockText), JSON.parse(readFileSync(npmsOwnLock, 'utf8')))
  if (complete) writeFileSync(stampFile, wanted)
  return complete
}

// `npm start` in a production shell, or with --workspace, would hand these down and leave half of the tree out.
const unwanted =
  /^npm_config_(workspaces?|include_workspace_root|omit|only|production|dev|ignore_scripts|global)$/i

export const installEnvironment = (env) =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !unwanted.test(name)))

const npm = (...args) => {
  const inherited = process.env.npm_execpath ?? ''
  const besideNode = join(dirname(process.execPath), 'npm')
  const [command, first] = basename(inherited).startsWith('npm')
    ? [process.execPath, [inherited]]
    : [existsSync(besideNode) ? besideNode : 'npm', []]
  const options = { cwd: repositoryRoot, env: installEnvironment(process.env) }
  return run(command, [...first, ...args, '--include=dev', '--include=optional', '--loglevel=error'], options)
}

/** npm refuses a lock without the packages that the registry's mirror of its author did not have. */
export const isIncompleteLock = (output) => /EUSAGE/.test(output) && /Missing: .* from lock file/.test(output)

const install = async () => {
  const attempt = await npm('ci')
  if (attempt.status === 0 || !isIncompleteLock(attempt.output)) return attempt
  say('the lock file lacks packages of other platforms: installing without it being the last word…')
  return npm('install', '--no-save')
}

export const ensureInstalled = async () => {
  const lockText = readFileSync(lockFile, 'utf8')
  const wanted = fingerprint(lockText)
  if (isInstalled(lockText, wanted)) return
  const began = performance.now()
  say('installing the dependencies with npm; the first time this takes about half a minute…')
  const seconds = () => Math.round((performance.now() - began) / 1000)
  const heartbeat = setInterval(() => say(`still installing, ${seconds()} s…`), 15_000)
  const { status, output } = await install().finally(() => clearInterval(heartbeat))
  if (status !== 0) {
    say(output.trim())
    throw new Failure(explain('the installation failed', output, repositoryRoot))
  }
  writeFileSync(stampFile, wanted)
  say(`installed in ${seconds()} s`)
}
