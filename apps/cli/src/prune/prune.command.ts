import { countExpired, DEFAULT_RETENTION, pruneExpired, type PrunedRows } from '@botcriptofy/store/retention'
import Table from 'cli-table3'
import type { Command } from 'commander'
import { withDatabase } from '../administration.ts'
import { BadInput } from '../failure.ts'
import { printJson } from '../runs/options.ts'

interface PruneFlags {
  readonly dryRun?: boolean
  readonly keepRuns: string
  readonly keepTraces: string
  readonly json?: boolean
}

/** Administration, straight in the database; meant for a daily timer. */
export const definePrune = (command: Command): void => {
  command
    .option('--dry-run', 'count only')
    .option(
      '--keep-runs <days>',
      'finished backtests and sweeps with their results',
      `${DEFAULT_RETENTION.runs}d`,
    )
    .option(
      '--keep-traces <days>',
      'jobs done, effects, events, unused results',
      `${DEFAULT_RETENTION.traces}d`,
    )
    .option('--json', 'print one JSON object')
    .action(async (flags: PruneFlags) => {
      const periods = {
        runs: parseDays(flags.keepRuns, '--keep-runs'),
        traces: parseDays(flags.keepTraces, '--keep-traces'),
      }
      await withDatabase(async (db) => {
        const isDryRun = flags.dryRun === true
        const pruned = await (isDryRun ? countExpired : pruneExpired)(db, periods)
        if (flags.json === true) printJson({ dryRun: isDryRun, tables: rowsByTable(pruned) })
        else process.stdout.write(`${render(pruned, isDryRun ? 'would go' : 'deleted')}\n`)
      })
    })
}

const parseDays = (text: string, option: string): number => {
  const [, days] = /^([1-9]\d{0,4})d$/.exec(text) ?? []
  if (days === undefined) throw new BadInput(`${option}: expected days such as 90d, was ${text}`)
  return Number(days)
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
