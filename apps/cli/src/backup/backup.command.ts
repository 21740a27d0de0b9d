import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { NoSchema, withSnapshot } from '@botcriptofy/store/backup'
import { openDatabase } from '@botcriptofy/store/database'
import type { Command } from 'commander'
import { administrationUrl } from '../administration.ts'
import { lateProgress } from '../check/late-progress.ts'
import { sizeText } from '../doctor/finding.ts'
import { BadInput } from '../failure.ts'
import { requireWritable, writeWhole } from '../files/write.ts'
import { interruptible } from '../interrupt.ts'
import { readVersion } from '../root.ts'
import { printJson } from '../runs/options.ts'
import { DIGEST_BYTES, LENGTH_BYTES, type Manifest, rowsByTable, schemaOf, totalRows } from './manifest.ts'
import { writeBackup } from './write-backup.ts'

interface BackupFlags {
  readonly out: string
  readonly json?: boolean
}

const EXPLANATION = `
The file holds every table as it was at one instant: users, API keys (as hashes: they work
after a restore), browser sessions, candles, strategies, runs with their results, jobs and
events. Others may work meanwhile. Redis is not in it: jobs that were under way are sent
again after a restore. Whoever can read the file can read every tenant's rows.`

/** Administration, straight in the database. */
export const defineBackup = (command: Command): void => {
  command
    .requiredOption('--out <file>', 'where to write; it appears whole or not at all')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXPLANATION)
    .action(backup)
}

const backup = async ({ out, json }: BackupFlags): Promise<void> => {
  const file = { path: out, option: '--out' }
  const { isDevice } = await requireWritable(file)
  const database = openDatabase({ url: await administrationUrl(), poolSize: 2, name: 'botcriptofy-backup' })
  const progress = lateProgress('rows')
  const written: { manifest?: Manifest } = {}
  try {
    await interruptible('no backup was written', (signal) =>
      withSnapshot(database, signal, (snapshot) =>
        writeWhole(file, async (path) => {
          const target = { path, product: readVersion(), signal, onRows: progress.update }
          written.manifest = await writeBackup(snapshot, target)
        }),
      ),
    )
    if (!isDevice) await syncFolder(dirname(out))
  } catch (error) {
    throw error instanceof NoSchema ? new BadInput(error.message, { cause: error }) : error
  } finally {
    progress.stop()
    await database.close()
  }
  if (written.manifest !== undefined) report(written.manifest, { out, isDevice, isJson: json === true })
}

/** A renamed file is on the disk for sure once its folder is. */
const syncFolder = async (path: string): Promise<void> => {
  const handle = await open(path)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const report = (
  manifest: Manifest,
  { out, isDevice, isJson }: { readonly out: string; readonly isDevice: boolean; readonly isJson: boolean },
): void => {
  const bytes = fileBytes(manifest)
  const summary =
    `${totalRows(manifest)} rows of ${manifest.tables.length} tables, schema ${schemaOf(manifest)}, ` +
    `${sizeText(bytes)} in ${out}\n`
  // What went to a pipe must stay the backup alone.
  if (isDevice) process.stderr.write(summary)
  else if (!isJson) process.stdout.write(summary)
  else {
    const { createdAtMs } = manifest
    printJson({ file: out, bytes, createdAtMs, schema: schemaOf(manifest), tables: rowsByTable(manifest) })
  }
}

const fileBytes = (manifest: Manifest): number => {
  const last = manifest.tables.at(-1)
  const packed = last === undefined ? 0 : last.offset + last.compressedBytes
  return packed + Buffer.byteLength(JSON.stringify(manifest)) + LENGTH_BYTES + DIGEST_BYTES
}
