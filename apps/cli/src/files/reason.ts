const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'not permitted',
  EISDIR: 'a folder',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'no such file',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'no such file',
  EPERM: 'not permitted',
  EROFS: 'the disk is read-only',
}

/** The code of a failed system call, where there is one. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined

/** Why a file could not be used, in plain words. */
export const reasonOf = (error: unknown): string => {
  const code = codeOf(error)
  if (code !== undefined) return REASONS[code] ?? code
  return error instanceof Error ? error.message : String(error)
}

/** A path as a message shows it; an empty one would look as if a word were missing. */
export const shownPath = (path: string): string => (path === '' ? '""' : path)
