export {
  baseUrl,
  commaList,
  databaseUrl,
  InvalidConfig,
  loadConfig,
  logLevel,
  port,
  redisUrl,
  tracesConfig,
} from './config.ts'
