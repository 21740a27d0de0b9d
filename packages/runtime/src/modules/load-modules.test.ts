import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { InvalidConfig } from '../config/index.ts'
import { type LoadedModule, loadModules } from './load-modules.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'modules-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const fileOf = (name: string, source: string): string => {
  const path = join(folder, name)
  writeFileSync(path, source)
  return path
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const load = async (...names: string[]): Promise<readonly LoadedModule[]> => {
  const loaded: LoadedModule[] = []
  const accept = (module: LoadedModule) => {
    loaded.push(module)
    return []
  }
  await loadModules({ variable: 'MODULES', names, accept })
  return loaded
}

const problemsOf = async (names: readonly string[], accept: (module: LoadedModule) => string[]) => {
  try {
    await loadModules({ variable: 'MODULES', names, accept })
  } catch (error) {
    if (error instanceof InvalidConfig) return error.problems
    throw error
  }
  return []
}

describe('loadModules', () => {
  it('gives the exports of a file and the sha256 of its source', async () => {
    const source = 'export const one = 1\n'
    const path = fileOf('one.mjs', source)
    expect(await load(path)).toMatchObject([{ name: path, sha256: sha256(source), exports: { one: 1 } }])
  })

  it('takes paths from the working directory and names of installed packages', async () => {
    const path = `./${relative(process.cwd(), fileOf('near.mjs', 'export const near = true'))}`
    const [near, installed] = await load(path, 'zod')
    expect(near).toMatchObject({ name: path, exports: { near: true } })
    expect(installed?.name).toBe('zod')
    expect(installed?.exports['z']).toBeTypeOf('object')
    expect(installed?.sha256).toMatch(/^[0-9a-f]{64}$/)
  })

  it('counts the files a module imports by relative paths as its source', async () => {
    fileOf('part.mjs', 'export const part = 1')
    const whole = fileOf(
      'whole.mjs',
      `import { part } from './part.mjs'\n// from './absent.mjs'\nexport { part }`,
    )
    const [before] = await load(whole)
    fileOf('part.mjs', 'export const part = 2')
    const [after] = await load(whole)
    expect(before?.exports).toMatchObject({ part: 1 })
    expect(after?.sha256).not.toBe(before?.sha256)
    fileOf('part.mjs', 'export const part = 1')
    expect((await load(whole))[0]?.sha256).toBe(before?.sha256)
  })

  it('says which module cannot be loaded, and goes on to name the next', async () => {
    const broken = fileOf('broken.mjs', 'export const = 5')
    const throwing = fileOf('throwing.mjs', `throw new Error('not today')`)
    const absent = join(folder, 'absent.mjs')
    const problems = await problemsOf([broken, absent, throwing, 'no-such-package-here'], () => [])
    expect(problems).toHaveLength(4)
    expect(problems[0]).toMatch(/^MODULES: .*broken\.mjs: expected a module that loads, was /)
    expect(problems[1]).toMatch(/^MODULES: .*absent\.mjs: expected a module that loads, was ENOENT/)
    expect(problems[2]).toMatch(/throwing\.mjs: expected a module that loads, was not today$/)
    expect(problems[3]).toMatch(/^MODULES: no-such-package-here: expected a module that loads, was /)
  })

  it('passes on why a module is not taken into use', async () => {
    const path = fileOf('refused.mjs', 'export const nothing = 0')
    expect(await problemsOf([path], ({ name }) => [`${name}: too small`, `${name}: too late`])).toEqual([
      `MODULES: ${path}: too small`,
      `MODULES: ${path}: too late`,
    ])
  })
})
