import { inputProblems } from '@botcriptofy/contracts/input'
import { describeProblem, type Problem } from '@botcriptofy/engine/kernel'
import type { z } from 'zod'
import { BadInput, badInputOf } from '../failure.ts'
import { type GivenFile, readTextFile } from '../files/read.ts'

interface JsonFile<Output> extends GivenFile {
  readonly schema: z.ZodType<Output>
}

/** A `BadInput` of one line: the first problem, and how many more there are. */
export const badFile = (path: string, problems: readonly Problem[]): BadInput =>
  badInputOf(problems.map((problem) => `${path}: ${describeProblem(problem)}`))

/** Reads and checks a JSON file; whatever is wrong with it is a `BadInput` with the JSON path. */
export const readJsonFile = async <Output>({ path, option, schema }: JsonFile<Output>): Promise<Output> => {
  const value = parseJson(await readTextFile({ path, option }), path)
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw badFile(path, inputProblems(parsed.error, value))
  return parsed.data
}

const parseJson = (text: string, path: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    const reason = error instanceof Error ? error.message.replaceAll(/\s+/g, ' ') : String(error)
    throw new BadInput(`${path}: expected JSON, was not (${reason})`, { cause: error })
  }
}
