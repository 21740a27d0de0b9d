import { join } from 'node:path'
import { restoreInto, RestoreRefused } from '@botcriptofy/store/backup'
import { openDatabase } from '@botcriptofy/store/database'
import { migrate, readMigrations } from '@botcriptofy/store/migrate'
import type { Command } from 'commander'
import { administrationUrl } from '../administration.ts'
import { lateProgress } from '../check/late-progress.ts'
import { reasonOf } from '../doctor/finding.ts'
import { BadInput, WorkFailed } from '../failure.ts'
import { interruptible } from '../interrupt.ts'
import { repositoryRoot } from '../root.ts'
import { printJson } from '../runs/options.ts'
import { type Manifest, rowsByTable, schemaOf, totalRows } from './manifest.ts'
import { type BackupFile, withBackupFile } from './read-backup.ts'

interface RestoreFlags {
  readonly check?: boolean
  readonly json?: boolean
}

const EXPLANATION = `
Restores into a database without rows only: a new one, or one that was only migrated to the
backup's schema. All of it is loaded in one transaction, or nothing. A backup of an older
schema is loaded at that schema and then migrated to this version's.
API keys come with it, as hashes: those of the backup work afterwards, no others.
Jobs that were under way are sent again by the workers' control role within seconds.`

/** Administration, straight in the database. */
export const defineRestore = (command: Command): void => {
  command
    .argument('<file>', 'what botcriptofy backup wrote')
    .option('--check', 'only look whether the file is whole, and say what is in it')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXPLANATION)
    .action(restore)
}

const restore = async (path: string, flags: RestoreFlags): Promise<void> => {
  const reading = lateProgress('checked bytes')
  await interruptible('the database is as it was', (signal) =>
    withBackupFile({ path, option: '<file>' }, { signal, onBytes: reading.update }, async (backup) => {
      reading.stop()
      const migrated = flags.check === true ? [] : await load(backup, signal)
      report(backup.manifest, { flags, migrated })
    }),
  ).finally(reading.stop)
}

/** Returns the migrations that came after the backup's. */
const load = async ({ manifest, read }: BackupFile, signal: AbortSignal): Promise<readonly string[]> => {
  const directory = join(repositoryRoot, 'migrations')
  const url = await administrationUrl()
  const database = openDatabase({ url, poolSize: 1, name: 'botcriptofy-restore' })
  const total = manifest.tables.reduce((sum, { bytes }) => sum + bytes, 0)
  const progress = lateProgress('restored bytes')
  let done = 0
  try {
    await restoreInto(database, await readMigrations(directory), {
      ...manifest,
      read: (table) => read(table, (bytes) => progress.update((done += bytes), total)),
      signal,
    })
  } catch (error) {
    throw error instanceof RestoreRefused ? new BadInput(error.message, { cause: error }) : error
  } finally {
    progress.stop()
    await database.close()
  }
  return migrate(url, directory).catch((error: unknown) => {
    throw new WorkFailed(
      `restored at schema ${schemaOf(manifest)}, but migrating it failed: ${reasonOf(error)}; botcriptofy migrate tries again`,
      { cause: error },
    )
  })
}

const report = (
  manifest: Manifest,
  { flags, migrated }: { readonly flags: RestoreFlags; readonly migrated: readonly string[] },
): void => {
  const { createdAtMs, product, postgres } = manifest
  const schema = schemaOf(manifest)
  if (flags.json === true) {
    const restored = flags.check !== true
    printJson({ restored, createdAtMs, product, postgres, schema, migrated, tables: rowsByTable(manifest) })
    return
  }
  const made = new Date(createdAtMs).toISOString().slice(0, 19).replace('T', ' ')
  const upgraded = migrated.length === 0 ? '' : `, then migrated: ${migrated.join(', ')}`
  process.stdout.write(
    `${flags.check === true ? 'whole' : 'restored'}: ${totalRows(manifest)} rows of ${manifest.tables.length} ` +
      `tables, made ${made} UTC by ${product} at schema ${schema}${upgraded}\n`,
  )
}
