export { testDatabaseUrl, testRedisUrl, type TestServices, testServices } from './services.ts'
