import { z } from 'zod'

/** A path of this server and nothing else: `//host` and `/\host` would lead away. */
const localPath = z.string().regex(/^\/(?![/\\])[\x21-\x7e]*$/, { error: 'a path of this server' })

export const loginQuery = z.object({
  code: z.string().min(1).max(100),
  next: localPath.default('/docs').describe('Where to go with the session'),
})
