import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { type CopyTransaction, ensureStoredMonths, withCopyTransaction } from '../candles/index.ts'
import type { OpenDatabase } from '../database/index.ts'
import {
  type AppliedMigration,
  applyMigrations,
  lockMigrations,
  type Migration,
  readApplied,
} from '../migrate/index.ts'
import { orAborted } from './abort.ts'
import {
  fixCopyText,
  listTables,
  quoted,
  quotedList,
  type SequenceState,
  type TableShape,
} from './catalog.ts'

/** What is to be in the database afterwards, and nothing else. */
export interface RestorePlan {
  readonly migrations: readonly AppliedMigration[]
  readonly sequences: readonly SequenceState[]
  /** In the order they are loaded in: each after the ones its rows refer to. */
  readonly tables: readonly (TableShape & { readonly rows: number })[]
  /** The rows of a table in COPY's text format. */
  readonly read: (table: string) => Readable
  readonly signal: AbortSignal
}

/** The rows cannot go into this database; nothing was changed. */
export class RestoreRefused extends Error {}

/**
 * Loads everything in one transaction into a database without rows: one that was never migrated, or not beyond the
 * plan's schema. Afterwards it has exactly that schema.
 */
export const restoreInto = (
  open: Pick<OpenDatabase, 'pool'>,
  known: readonly Migration[],
  plan: RestorePlan,
): Promise<void> => withCopyTransaction(open, (copy) => orAborted(plan.signal, restore(copy, known, plan)))

const restore = async (
  copy: CopyTransaction,
  known: readonly Migration[],
  plan: RestorePlan,
): Promise<void> => {
  const { client } = copy
  await lockMigrations(client)
  await applyMigrations(client, await schemaFor(client, known, plan.migrations), (apply) => apply())
  await requireEmpty(client, plan.tables)
  await fixCopyText(client)
  for (const table of plan.tables) await load(copy, plan, table)
  for (const { name, lastValue, isCalled } of plan.sequences) {
    await client.query('select setval($1::regclass, $2::bigint, $3)', [quoted(name), lastValue, isCalled])
  }
  await client.query(`analyze ${quotedList(plan.tables.map(({ name }) => name))}`)
}

/** The known migrations that make the plan's schema. */
const schemaFor = async (
  client: pg.ClientBase,
  known: readonly Migration[],
  wanted: readonly AppliedMigration[],
): Promise<readonly Migration[]> => {
  for (const [index, { name, sha256 }] of wanted.entries()) {
    const own = known[index]
    if (own?.name !== name) {
      throw new RestoreRefused(
        `the backup has migration ${name}, which this version does not know: restore it with a newer one`,
      )
    }
    if (own.sha256 !== sha256) {
      throw new RestoreRefused(`the backup's migration ${name} is not the one of this version`)
    }
  }
  const applied = await readApplied(client)
  if (applied === undefined) await requireNoTables(client)
  const foreign = (applied ?? []).find(({ name, sha256 }, index) => {
    const own = wanted[index]
    return own?.name !== name || own.sha256 !== sha256
  })
  if (foreign !== undefined) {
    throw new RestoreRefused(
      `the database has migration ${foreign.name}, the backup ends with ${wanted.at(-1)?.name ?? 'none'}: ` +
        'expected a new database',
    )
  }
  return known.slice(0, wanted.length)
}

const requireNoTables = async (client: pg.ClientBase): Promise<void> => {
  const [table] = await listTables(client)
  if (table !== undefined) {
    throw new RestoreRefused(`expected a database without rows, was one with the table ${table.name}`)
  }
}

/** Locks every table, so that what is empty stays so: programs that run on the database wait. */
const requireEmpty = async (client: pg.ClientBase, wanted: readonly TableShape[]): Promise<void> => {
  const tables = await listTables(client)
  await client.query(`lock table ${quotedList(tables.map(({ name }) => name))} in exclusive mode`)
  for (const { name } of tables) {
    const { rows } = await client.query<{ has_rows: boolean }>(
      `select exists (select from ${quoted(name)}) as has_rows`,
    )
    if (rows[0]?.has_rows !== false) {
      throw new RestoreRefused(`expected a database without rows, was one with rows in ${name}`)
    }
  }
  const shapeOf = (list: readonly TableShape[]) =>
    list.map(({ name, columns }) => `${name} (${columns.toSorted().join(', ')})`).toSorted()
  const own = new Set(shapeOf(tables))
  const other = shapeOf(wanted).find((shape) => !own.has(shape))
  if (other !== undefined || tables.length !== wanted.length) {
    throw new RestoreRefused(
      `the backup's tables are not those of its migrations: ${other ?? 'one is missing'}`,
    )
  }
}

const load = async (
  { tx, client }: CopyTransaction,
  plan: RestorePlan,
  { name, columns, rows }: RestorePlan['tables'][number],
): Promise<void> => {
  if (name === 'candle') await ensureStoredMonths(tx)
  const copying = client.query(copyFrom(`copy ${quoted(name)} (${quotedList(columns)}) from stdin`))
  await pipeline(plan.read(name), copying, { signal: plan.signal })
  if (copying.rowCount !== rows) {
    throw new Error(`${name}: expected ${rows} rows, was ${copying.rowCount}`)
  }
}
