import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Files by their path from the root, with forward slashes; a fixture is the same thing held in memory. */
export interface Tree {
  readonly paths: readonly string[]
  readonly read: (path: string) => string
}

const generated = new Set(['node_modules', 'dist', '.git', '.data', '.turbo', 'coverage'])

const walk = (root: string, folder: string): readonly string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) return generated.has(entry.name) ? [] : walk(root, path)
    return entry.isFile() ? [path] : []
  })

export const treeOnDisk = (root: string): Tree => ({
  paths: walk(root, ''),
  read: (path) => readFileSync(join(root, path), 'utf8'),
})

export const treeInMemory = (files: Readonly<Record<string, string>>): Tree => ({
  paths: Object.keys(files),
  read: (path) => {
    const text = files[path]
    if (text === undefined) throw new Error(`expected a file of the fixture, was ${path}`)
    return text
  },
})
