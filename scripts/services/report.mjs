// What these scripts say: progress on stderr, one line when they give up.

/** An expected way to fail: its message is the one line the user sees. */
export class Failure extends Error {
  constructor(message, exitStatus = 1) {
    super(message)
    this.exitStatus = exitStatus
  }
}

export const say = (text) => process.stderr.write(`${text}\n`)

const lastLine = (text) => text.trim().split('\n').at(-1)?.trim() || 'it ended without a word'

/** One line for what a service or a tool printed before it died. */
export const explain = (what, output, directory) => {
  if (/No space left on device|ENOSPC/.test(output))
    return `${what}: the disk that holds ${directory} is full`
  const fatal = output.split('\n').findLast((line) => /FATAL|PANIC|Fatal error|error:/i.test(line))
  return `${what}: ${(fatal ?? lastLine(output)).trim()}`
}

const systemErrors = {
  ENOSPC: 'the disk is full',
  EACCES: 'permission denied; run as the user it belongs to, or set DATA_DIR to a directory of your own',
  EPERM: 'not permitted; run as the user it belongs to, or set DATA_DIR to a directory of your own',
  EROFS: 'the file system is read-only; set DATA_DIR to a writable directory',
}

/** Prints why a script ends and returns its exit status; only a bug of ours prints a stack. */
export const reportFailure = (error) => {
  const known = Object.hasOwn(systemErrors, error?.code ?? '') ? systemErrors[error.code] : undefined
  if (error instanceof Failure) say(error.message)
  else if (known) say(`${error.path ?? error.syscall ?? 'file system'}: ${known}`)
  else say(error?.stack ?? String(error))
  return error instanceof Failure ? error.exitStatus : 1
}
