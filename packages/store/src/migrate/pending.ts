import type pg from 'pg'
import { type Migration, pendingMigrations } from './migrate.ts'

/** What the database lacks; throws when it holds what these files do not know. */
export const findPendingMigrations = async (
  pool: pg.Pool,
  migrations: readonly Migration[],
): Promise<readonly Migration[]> => {
  const applied = await pool.query<{ name: string; sha256: string }>(
    'select name, sha256 from schema_migration order by name',
  )
  return pendingMigrations(migrations, applied.rows)
}
