import { countExpired, pruneExpired, type PrunedRows } from '@botcriptofy/store/retention'
import Table from 'cli-table3'
import type { Command } from 'commander'
import { withDatabase } from '../administration.ts'
import { printJson } from '../runs/options.ts'

interface PruneFlags {
  readonly dryRun?: boolean
  readonly json?: boolean
}

/** Administration, straight in the database; meant for a daily timer. */
export const definePrune = (command: Command): void => {
  command
    .option('--dry-run', 'count only')
    .option('--json', 'print one JSON object')
    .action((flags: PruneFlags) =>
      withDatabase(async (db) => {
        const isDryRun = flags.dryRun === true
        const pruned = isDryRun ? await countExpired(db) : await pruneExpired(db)
        if (flags.json === true) printJson({ dryRun: isDryRun, tables: rowsByTable(pruned) })
        else process.stdout.write(`${render(pruned, isDryRun ? 'would go' : 'deleted')}\n`)
      }),
    )
}

const rowsByTable = (pruned: readonly PrunedRows[]) =>
  Object.fromEntries(pruned.map(({ table, rows }) => [table, rows]))

const render = (pruned: readonly PrunedRows[], head: string): string => {
  const table = new Table({
    head: ['table', 'what', head],
    colAligns: ['left', 'left', 'right'],
    style: { head: [], border: [] },
  })
  for (const { table: name, what, rows } of pruned) table.push([name, what, rows])
  return table.toString()
}
