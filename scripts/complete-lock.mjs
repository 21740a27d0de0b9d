// Adds the optional platform packages that are missing in package-lock.json.
//
// npm leaves an optional dependency out of the lock when the registry it asked does not know it (mirrors often lack
// the builds for other platforms), and `npm ci` then refuses the lock on every machine. Run after changing dependencies.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const osByToken = {
  darwin: 'darwin',
  linux: 'linux',
  win32: 'win32',
  windows: 'win32',
  android: 'android',
  freebsd: 'freebsd',
  openharmony: 'openharmony',
}
const cpuByToken = {
  x64: 'x64',
  64: 'x64',
  ia32: 'ia32',
  arm64: 'arm64',
  arm: 'arm',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
  loong64: 'loong64',
}
const libcByToken = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' }

/** `@oxlint/binding-linux-x64-musl` → `{os: ['linux'], cpu: ['x64'], libc: ['musl']}`; undefined when the name names no platform. */
export const platformOf = (name) => {
  const tokens = name.slice(name.indexOf('/') + 1).split('-')
  const pick = (table) =>
    tokens.map((token) => (Object.hasOwn(table, token) ? table[token] : undefined)).find(Boolean)
  const [os, cpu, libc] = [pick(osByToken), pick(cpuByToken), pick(libcByToken)]
  if (!os || !cpu) return undefined
  return { os: [os], cpu: [cpu], ...(libc && os === 'linux' ? { libc: [libc] } : {}) }
}

const placeOf = (packages, parent, name) => {
  for (let at = parent; at; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (packages[`${at}/node_modules/${name}`]) return undefined
    if (!at.includes('/node_modules/')) break
  }
  return packages[`node_modules/${name}`] ? undefined : `node_modules/${name}`
}

/** The entries a parsed lock lacks, by their place in it. Only exact versions of platform packages can be added unseen. */
export const missingEntries = (lock) => {
  const missing = {}
  for (const [parent, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const place = placeOf(lock.packages, parent, name)
      const platform = platformOf(name)
      if (!place || !platform || !/^\d+\.\d+\.\d+[^ |]*$/.test(version)) continue
      const { os, cpu, libc } = platform
      // The order of keys is npm's own, so that a later `npm install` changes nothing.
      missing[place] = {
        version,
        cpu,
        ...(entry.dev && { dev: true }),
        ...(libc && { libc }),
        optional: true,
        os,
      }
    }
  }
  return missing
}

const completeLock = (file) => {
  const lock = JSON.parse(readFileSync(file, 'utf8'))
  const missing = missingEntries(lock)
  const all = { ...lock.packages, ...missing }
  lock.packages = Object.fromEntries(
    Object.keys(all)
      .sort((a, b) => a.localeCompare(b, 'en'))
      .map((place) => [place, all[place]]),
  )
  if (Object.keys(missing).length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
  return Object.keys(missing).length
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const added = completeLock(fileURLToPath(new URL('../package-lock.json', import.meta.url)))
  process.stderr.write(
    added === 0 ? 'package-lock.json is complete\n' : `package-lock.json: ${added} platform packages added\n`,
  )
}
