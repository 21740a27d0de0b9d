/** Wrong usage or bad input: one line on stderr, exit status 2. */
export class BadInput extends Error {}

/** The work itself failed: one line on stderr, exit status 1. */
export class WorkFailed extends Error {}

export const exitStatusOf = (error: unknown): 1 | 2 => (error instanceof BadInput ? 2 : 1)
