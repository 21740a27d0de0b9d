/**
 * One thing wrong with an input. `path` is a JSON path (`entry.long.all[0].left`, `$` for the whole) or, for
 * text files, `line 7`; the message is always built as "path: expected X, was Y".
 */
export interface Problem {
  readonly path: string
  readonly expected: string
  readonly actual: string
}

export const describeProblem = (problem: Problem): string =>
  `${problem.path}: expected ${problem.expected}, was ${problem.actual}`
