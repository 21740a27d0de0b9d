import type pg from 'pg'

export interface DatabaseFacts {
  /** As the server says it, such as 18.4. */
  readonly version: string
  /** Of the extension in this database; undefined where it is not installed. */
  readonly timescaleVersion: string | undefined
  readonly bytes: number
}

/** Our tables with their indexes and partitions, the largest first. */
export const largestTables = async (
  pool: pg.Pool,
  limit: number,
): Promise<readonly { readonly table: string; readonly bytes: number }[]> => {
  const { rows } = await pool.query<{ table: string; bytes: number }>(
    `select c.relname::text as table,
       coalesce((select sum(pg_total_relation_size(relid)) from pg_partition_tree(c.oid)),
         pg_total_relation_size(c.oid))::float8 as bytes
     from pg_class c
     where c.relnamespace = (select oid from pg_namespace where nspname = current_schema())
       and c.relkind in ('r', 'p') and not c.relispartition
     order by bytes desc, c.relname limit $1`,
    [limit],
  )
  return rows
}

/** What an administrator wants to know about the server behind the URL. */
export const inspectDatabase = async (pool: pg.Pool): Promise<DatabaseFacts> => {
  const { rows } = await pool.query<{ version: string; timescale: string | null; bytes: number }>(`
    select current_setting('server_version') as version,
      (select extversion from pg_extension where extname = 'timescaledb') as timescale,
      pg_database_size(current_database()) as bytes`)
  const [row] = rows
  if (row === undefined) throw new Error('expected one row about the server, was none')
  return { version: row.version, timescaleVersion: row.timescale ?? undefined, bytes: row.bytes }
}
