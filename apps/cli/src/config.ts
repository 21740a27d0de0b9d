import { join } from 'node:path'
import {
  commaList,
  databaseUrl,
  InvalidConfig,
  loadConfig,
  port,
  redisUrl,
} from '@botcriptofy/runtime/config'
import { z } from 'zod'
import { badInputOf } from './failure.ts'
import { repositoryRoot } from './root.ts'

const launcherConfig = z.object({
  /** Where embedded services, logs and the first start's state live. */
  DATA_DIR: z.string().default(join(repositoryRoot, '.data')),
  /** Set: that port or an error. Unset: 3000 or the next free one. */
  API_PORT: port.optional(),
})
export type LauncherConfig = z.infer<typeof launcherConfig>

const apiUrl = z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:3000')

const clientConfig = z.object({
  BOTCRIPTOFY_URL: apiUrl,
  BOTCRIPTOFY_KEY: z.string({
    error: 'an API key (npm start prints one; botcriptofy keys create makes one)',
  }),
})
export type ClientConfig = z.infer<typeof clientConfig>

const indicatorConfig = z.object({ INDICATOR_MODULES: z.string().default('').pipe(commaList) })

const administrationConfig = z.object({ DATABASE_URL: databaseUrl })
const embeddableConfig = z.object({ DATABASE_URL: databaseUrl.optional() })
const doctorConfig = z.object({
  DATABASE_URL: databaseUrl.optional(),
  REDIS_URL: redisUrl.optional(),
  BOTCRIPTOFY_URL: apiUrl,
})
export type DoctorConfig = z.infer<typeof doctorConfig>

/** The only places of this program that read the environment; a problem is the caller's to mend. */
const read = <Schema extends z.ZodObject>(schema: Schema): Readonly<z.infer<Schema>> => {
  try {
    return loadConfig(schema, process.env)
  } catch (error) {
    if (!(error instanceof InvalidConfig)) throw error
    throw badInputOf(error.problems, error)
  }
}

export const readLauncherConfig = (): Readonly<LauncherConfig> => read(launcherConfig)
export const readClientConfig = (): Readonly<ClientConfig> => read(clientConfig)
/** Modules with indicators of the operator's own. */
export const readIndicatorModules = (): readonly string[] => read(indicatorConfig).INDICATOR_MODULES
export const readAdministrationConfig = () => read(administrationConfig)
/** For commands that find the embedded Postgres when no URL is given. */
export const readGivenDatabaseUrl = (): string | undefined => read(embeddableConfig).DATABASE_URL
export const readDoctorConfig = (): Readonly<DoctorConfig> => read(doctorConfig)

/** Given to each child by the launcher, or nothing that a child needs. */
const NOT_INHERITED = new Set(['DATABASE_URL', 'REDIS_URL', 'API_PORT', 'BOTCRIPTOFY_URL', 'BOTCRIPTOFY_KEY'])

/** What a child process keeps of the user's environment: settings such as IMPORT_MAX_BYTES, not the services. */
export const inheritedEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !NOT_INHERITED.has(name)))
