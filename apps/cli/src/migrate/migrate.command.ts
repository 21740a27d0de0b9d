import { join } from 'node:path'
import { migrate } from '@botcriptofy/store/migrate'
import type { Command } from 'commander'
import { readAdministrationConfig } from '../config.ts'
import { repositoryRoot } from '../root.ts'

/** For deployments: one step before the new version starts. `npm start` does it by itself. */
export const defineMigrate = (command: Command): void => {
  command.action(async () => {
    const applied = await migrate(readAdministrationConfig().DATABASE_URL, join(repositoryRoot, 'migrations'))
    process.stdout.write(applied.length === 0 ? 'nothing to do\n' : `${applied.join('\n')}\n`)
  })
}
