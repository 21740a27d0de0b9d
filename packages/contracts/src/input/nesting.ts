import type { Problem } from '@botcriptofy/engine/kernel'

/** Far more than any rule a person writes; JSON.stringify and Postgres recurse, and fail at some thousands. */
const MAX_LEVELS = 200

/** Level by level, because recursion is what this protects from. */
const isDeeper = (value: unknown, levels: number): boolean => {
  let level = [value]
  for (let depth = 0; depth <= levels; depth++) {
    level = level.flatMap((item): unknown[] =>
      typeof item === 'object' && item !== null ? Object.values(item) : [],
    )
    if (level.length === 0) return false
  }
  return true
}

/** JSON that is nested deeper than what stores it can take. */
export const nestingProblem = (value: unknown, path: string): Problem | undefined =>
  isDeeper(value, MAX_LEVELS)
    ? { path, expected: `at most ${MAX_LEVELS} levels of lists and objects`, actual: 'more' }
    : undefined
