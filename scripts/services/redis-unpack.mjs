// Unpacks Debian's or Ubuntu's redis-tools below a directory of ours: no root, no system package, no service.
// apt verifies the signatures as ever; only its lists and caches are redirected.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './processes.mjs'
import { explain, say } from './report.mjs'

const walk = (directory) =>
  readdirSync(directory, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? walk(join(directory, entry.name)) : [{ directory, name: entry.name }],
  )

/** `{file, libraries}`: the server's program and the directories of the shared libraries it needs. */
export const unpackedRedis = (directory) => {
  const entries = walk(directory)
  const server = entries.find((entry) => entry.name === 'redis-check-rdb')
  const libraries = new Set(
    entries.filter((entry) => entry.name.includes('.so')).map((entry) => entry.directory),
  )
  return server && { file: join(server.directory, server.name), libraries: [...libraries] }
}

/** `Inst libjemalloc2 (5.3.0-1 Debian:12 …)` lines → `libjemalloc2=5.3.0-1`. */
export const packagesToFetch = (simulation) =>
  [...simulation.matchAll(/^Inst (\S+) (?:\[[^\]]*\] )?\((\S+)/gm)].map(
    ([, name, version]) => `${name}=${version}`,
  )

const aptIn = (work) => {
  for (const folder of ['lists/partial', 'cache/archives/partial'])
    mkdirSync(join(work, folder), { recursive: true })
  const options = {
    'Dir::State::Lists': join(work, 'lists'),
    'Dir::Cache': join(work, 'cache'),
    'Debug::NoLocking': '1',
    'Acquire::Retries': '2',
    'Acquire::http::Timeout': '20',
    'Acquire::https::Timeout': '20',
    // Root's apt would fetch as a user that cannot write here.
    ...(process.getuid?.() === 0 ? { 'APT::Sandbox::User': 'root' } : {}),
  }
  const args = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`])
  const env = { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' }
  return (...command) => run('apt-get', [...args, ...command], { cwd: work, env })
}

const fetchAndUnpack = async (work, root) => {
  const apt = aptIn(work)
  say(
    'no redis-server on PATH: fetching redis-tools with apt-get, into a directory of ours (package lists first)…',
  )
  // A third-party source that fails to update must not matter, so only what follows is judged.
  const update = await apt('update')
  const simulation = await apt('--simulate', '--no-install-recommends', 'install', 'redis-tools')
  const packages = packagesToFetch(simulation.output)
  if (!packages.some((name) => name.startsWith('redis-tools='))) {
    return explain('apt-get knows no redis-tools', `${update.output}\n${simulation.output}`, work)
  }
  say(`downloading ${packages.join(', ')}…`)
  const download = await apt('download', ...packages)
  const archives = readdirSync(work).filter((name) => name.endsWith('.deb'))
  if (download.status !== 0 || archives.length === 0)
    return explain('apt-get download failed', download.output, work)
  for (const archive of archives) {
    const unpacked = await run('dpkg-deb', ['--extract', archive, root], { cwd: work })
    if (unpacked.status !== 0) return explain('dpkg-deb failed', unpacked.output, work)
  }
  return undefined
}

/** Fills `directory`; returns why it could not, or undefined. */
export const unpackRedis = async (directory) => {
  const work = `${directory}.work-${process.pid}`
  const root = join(work, 'root')
  rmSync(work, { recursive: true, force: true })
  try {
    mkdirSync(root, { recursive: true, mode: 0o755 })
    const reason = await fetchAndUnpack(work, root)
    if (reason) return reason
    rmSync(directory, { recursive: true, force: true })
    renameSync(root, directory)
    return undefined
  } catch (error) {
    // Another start may have finished the same directory between our two last steps.
    if (error.code === 'ENOTEMPTY' && existsSync(directory)) return undefined
    if (error.code === 'ENOENT' && error.syscall?.startsWith('spawn'))
      return `none on PATH, and no ${error.path} to fetch one`
    throw error
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
