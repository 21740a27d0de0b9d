import { HttpProblem } from '../problem.ts'

export const etagOf = ({ version }: { readonly version: number }): string => `"${version}"`

/** Refuses a change that is not of this version; weak tags never match (RFC 9110, 13.1.1). */
export const requireVersion = (ifMatch: string | undefined, bot: { readonly version: number }): void => {
  if (ifMatch === undefined) {
    throw new HttpProblem('PRECONDITION_REQUIRED', {
      detail: 'If-Match: expected the ETag that the bot was read with, was missing',
    })
  }
  const tags = ifMatch.split(',').map((tag) => tag.trim())
  if (tags.includes('*') || tags.includes(etagOf(bot))) return
  throw new HttpProblem('PRECONDITION_FAILED', {
    detail: `If-Match: expected ${etagOf(bot)}, was ${ifMatch}; read the bot again`,
  })
}
