import { type Db, openDatabase } from '@botcriptofy/store/database'
import { readGivenDatabaseUrl } from './config.ts'
import { BadInput } from './failure.ts'
import { servicesStatus } from './launch/services.ts'

/** For commands that work straight in the database: that of DATABASE_URL, else the embedded one while it runs. */
export const withDatabase = async (use: (db: Db) => Promise<void>): Promise<void> => {
  const url = readGivenDatabaseUrl() ?? (await embeddedDatabaseUrl())
  const database = openDatabase({ url, poolSize: 1, name: 'botcriptofy-cli' })
  try {
    await use(database.db)
  } finally {
    await database.close()
  }
}

const embeddedDatabaseUrl = async (): Promise<string> => {
  const { postgres } = await servicesStatus()
  if (postgres.running) return postgres.url
  throw new BadInput(
    'DATABASE_URL: expected the URL of a Postgres, was not set, and the embedded one does not run (npm start)',
  )
}
