import { invariant } from '@botcriptofy/engine/kernel'
import type pg from 'pg'

export interface TableShape {
  readonly name: string
  /** In the order of the table, without those that the database computes. */
  readonly columns: readonly string[]
}

export interface SequenceState {
  readonly name: string
  /** A whole number as text: it may be larger than a double holds. */
  readonly lastValue: string
  readonly isCalled: boolean
}

interface CatalogRow extends TableShape {
  readonly refers_to: readonly string[]
}

/** Whose rows say which partitions the rows of a table need; no foreign key tells. */
const ALSO_AFTER: Readonly<Record<string, readonly string[]>> = { candle: ['series_month'] }

/** All tables with rows of ours, each after the ones its rows refer to; partitions are part of their table. */
export const listTables = async (client: pg.ClientBase): Promise<readonly TableShape[]> => {
  const { rows } = await client.query<CatalogRow>(`
    select c.relname::text as name,
      array(select a.attname::text from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
        order by a.attnum) as columns,
      array(select f.relname::text from pg_constraint k join pg_class f on f.oid = k.confrelid
        where k.conrelid = c.oid and k.contype = 'f' and f.oid <> c.oid) as refers_to
    from pg_class c
    where c.relnamespace = (select oid from pg_namespace where nspname = current_schema())
      and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'schema_migration'
      and not exists (select from pg_depend d
        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
    order by c.relname`)
  return inLoadOrder(rows).map(({ name, columns }) => ({ name, columns }))
}

const inLoadOrder = (rows: readonly CatalogRow[]): readonly CatalogRow[] => {
  const ordered: CatalogRow[] = []
  const waiting = new Map(rows.map((row) => [row.name, row]))
  while (waiting.size > 0) {
    const isReady = ({ name, refers_to }: CatalogRow) =>
      ![...refers_to, ...(ALSO_AFTER[name] ?? [])].some((other) => waiting.has(other))
    const ready = [...waiting.values()].filter(isReady)
    invariant(ready.length > 0, `tables refer to each other in a circle: ${[...waiting.keys()].join(', ')}`)
    for (const row of ready) waiting.delete(row.name)
    ordered.push(...ready)
  }
  return ordered
}

export const readSequences = async (client: pg.ClientBase): Promise<readonly SequenceState[]> => {
  const { rows } = await client.query<{ name: string }>(`
    select c.relname::text as name from pg_class c
    where c.relnamespace = (select oid from pg_namespace where nspname = current_schema()) and c.relkind = 'S'
    order by c.relname`)
  const states: SequenceState[] = []
  for (const { name } of rows) {
    const state = await client.query<{ last_value: string; is_called: boolean }>(
      `select last_value::text, is_called from ${quoted(name)}`,
    )
    const [row] = state.rows
    if (row !== undefined) states.push({ name, lastValue: row.last_value, isCalled: row.is_called })
  }
  return states
}

/** An identifier as SQL text; COPY and LOCK take no parameters. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

export const quotedList = (names: readonly string[]): string => names.map(quoted).join(', ')

/** COPY's text depends on these settings; fixed, the bytes are the same on every server. */
export const fixCopyText = (client: pg.ClientBase) =>
  client.query(`
    set local client_encoding to 'UTF8';
    set local datestyle to 'ISO, YMD';
    set local intervalstyle to 'postgres';
    set local timezone to 'UTC';
    set local bytea_output to 'hex';
    set local extra_float_digits to 3;
    set local statement_timeout to 0;
    set local lock_timeout to 0;
    set local idle_in_transaction_session_timeout to 0`)
