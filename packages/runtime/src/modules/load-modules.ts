import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { InvalidConfig } from '../config/index.ts'
import { sourceDigest } from './source-digest.ts'

/** An ES module of the operator, loaded into this process. */
export interface LoadedModule {
  /** As the operator named it. */
  readonly name: string
  /** Of its source. */
  readonly sha256: string
  readonly exports: Readonly<Record<string, unknown>>
}

export interface ModulesRequest {
  /** The variable that names the modules, for messages. */
  readonly variable: string
  /** Paths (relative ones from the working directory) and names of installed packages. */
  readonly names: readonly string[]
  /** Takes a module into use, or gives the reasons why not, each of which names the module. */
  readonly accept: (module: LoadedModule) => readonly string[]
}

const isPath = (name: string): boolean => /^\.{0,2}\/|\.m?js$/.test(name)

const locate = (name: string): URL =>
  isPath(name) ? pathToFileURL(resolve(name)) : new URL(import.meta.resolve(name))

const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ')

const load = async (name: string): Promise<LoadedModule> => {
  const url = locate(name)
  const sha256 = await sourceDigest(url)
  const exports: Readonly<Record<string, unknown>> = await import(url.href)
  return { name, sha256, exports }
}

/** Loads modules one after the other; whatever is wrong with any of them is an `InvalidConfig` that lists all of it. */
export const loadModules = async ({ variable, names, accept }: ModulesRequest): Promise<void> => {
  const problems: string[] = []
  for (const name of names) {
    const module = await load(name).catch((error: unknown) => {
      problems.push(`${variable}: ${name}: expected a module that loads, was ${reasonOf(error)}`)
    })
    if (module) problems.push(...accept(module).map((problem) => `${variable}: ${problem}`))
  }
  if (problems.length > 0) throw new InvalidConfig(problems)
}
