import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url))

/** A folder outside the repository that sees its node_modules, so that tools judge fixtures and nothing else. */
export class FixtureFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'architecture-'))

  constructor() {
    symlinkSync(join(repositoryRoot, 'node_modules'), join(this.path, 'node_modules'), 'junction')
  }

  plant(folder: string, files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) {
      const file = join(this.path, folder, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
    }
  }

  remove(): void {
    rmSync(this.path, { recursive: true })
  }
}
