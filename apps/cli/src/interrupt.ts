import { WorkFailed } from './failure.ts'

/**
 * Runs work that Ctrl-C ends in good order: the signal is aborted, the work cleans up, and the command fails with one
 * line. A second Ctrl-C ends the process at once.
 */
export const interruptible = async <T>(
  consequence: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const controller = new AbortController()
  const abort = () => controller.abort()
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const name of signals) process.once(name, abort)
  try {
    return await work(controller.signal)
  } catch (error) {
    if (!controller.signal.aborted) throw error
    throw new WorkFailed(`interrupted: ${consequence}`, { cause: error })
  } finally {
    for (const name of signals) process.off(name, abort)
  }
}
