/** `warn`: the result may be used, knowing this. `fail`: it may not be trusted. */
export const VERDICTS = ['pass', 'warn', 'fail'] as const
export type Verdict = (typeof VERDICTS)[number]

/** The gravest of several; `pass` of none. */
export const gravest = (verdicts: readonly Verdict[]): Verdict =>
  VERDICTS.findLast((verdict) => verdicts.includes(verdict)) ?? 'pass'
