import { readFile } from 'node:fs/promises'
import { inputProblems } from '@botcriptofy/contracts/input'
import { describeProblem, type Problem } from '@botcriptofy/engine/kernel'
import type { z } from 'zod'
import { BadInput } from '../failure.ts'

interface JsonFile<Output> {
  readonly path: string
  /** The option that named the file, for messages: `--spec`. */
  readonly option: string
  readonly schema: z.ZodType<Output>
}

/** A `BadInput` of one line: the first problem, and how many more there are. */
export const badFile = (path: string, problems: readonly Problem[]): BadInput => {
  const [first] = problems
  const message = first === undefined ? 'not usable' : describeProblem(first)
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  return new BadInput(`${path}: ${message}${more}`)
}

/** Reads and checks a JSON file; whatever is wrong with it is a `BadInput` with the JSON path. */
export const readJsonFile = async <Output>({ path, option, schema }: JsonFile<Output>): Promise<Output> => {
  const value = parseJson(await readText(path, option), path)
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw badFile(path, inputProblems(parsed.error, value))
  return parsed.data
}

const readText = async (path: string, option: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
    throw new BadInput(`${option}: expected a readable file, was ${path} (${code})`, { cause: error })
  }
}

const parseJson = (text: string, path: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    const reason = error instanceof Error ? error.message.replaceAll(/\s+/g, ' ') : String(error)
    throw new BadInput(`${path}: expected JSON, was not (${reason})`, { cause: error })
  }
}
