import { existsSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

// This process and every Node process that a test starts may open sockets to loopback only. A refusal is also noted
// in a file, because a program that is meant to survive a broken line would keep it to itself.
const hook = new URL('../scripts/loopback-only.mjs', import.meta.url).href
const refusals = join(tmpdir(), `botcriptofy-outward-${process.pid}`)

if (process.env['OUTWARD_SOCKETS_FILE'] !== refusals) {
  process.env['OUTWARD_SOCKETS_FILE'] = refusals
  process.env['NODE_OPTIONS'] = `${process.env['NODE_OPTIONS'] ?? ''} --import=${hook}`.trim()
  await import(hook)
}

afterAll(() => {
  const told = existsSync(refusals) ? readFileSync(refusals, 'utf8') : ''
  rmSync(refusals, { force: true })
  if (told !== '') throw new Error(told)
})
