export { commaList, databaseUrl, InvalidConfig, loadConfig, logLevel, port, redisUrl } from './config.ts'
