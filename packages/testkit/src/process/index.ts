export { bareEnvironment } from '../config.ts'
export { type AppOptions, type AppProcess, type Exit, startApp } from './process.ts'
