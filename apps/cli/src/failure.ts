/** Wrong usage or bad input: one line on stderr, exit status 2. */
export class BadInput extends Error {}

/** The first of several problems as one line, and how many more there are. */
export const badInputOf = (problems: readonly string[], cause?: unknown): BadInput => {
  const [first = 'not usable', ...others] = problems
  return new BadInput(`${first}${others.length === 0 ? '' : ` (and ${others.length} more)`}`, { cause })
}

/** The work itself failed: one line on stderr, exit status 1. */
export class WorkFailed extends Error {}

export const exitStatusOf = (error: unknown): 1 | 2 => (error instanceof BadInput ? 2 : 1)
