import { type Db, openDatabase } from '@botcriptofy/store/database'
import { readGivenDatabaseUrl } from './config.ts'
import { BadInput } from './failure.ts'
import { servicesStatus } from './launch/services.ts'

/** For commands that work straight in the database. */
export const withDatabase = async (use: (db: Db) => Promise<void>): Promise<void> => {
  const database = openDatabase({ url: await administrationUrl(), poolSize: 1, name: 'botcriptofy-cli' })
  try {
    await use(database.db)
  } finally {
    await database.close()
  }
}

/** Of DATABASE_URL, else of the embedded Postgres while it runs. */
export const administrationUrl = async (): Promise<string> => readGivenDatabaseUrl() ?? embeddedDatabaseUrl()

const embeddedDatabaseUrl = async (): Promise<string> => {
  const { postgres } = await servicesStatus()
  if (postgres.running) return postgres.url
  throw new BadInput(
    'DATABASE_URL: expected the URL of a Postgres, was not set, and the embedded one does not run (npm start)',
  )
}
