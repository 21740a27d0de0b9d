export { type LoadedModule, loadModules } from './load-modules.ts'
