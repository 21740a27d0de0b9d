import type { Log } from '../log/index.ts'

export interface Shutdown {
  /** Steps run in reverse order of registration: what was opened last is closed first. */
  readonly onStop: (name: string, step: () => Promise<unknown>) => void
  readonly stop: (reason: string) => Promise<void>
}

/**
 * Stops the process cleanly on SIGTERM and SIGINT, once; a step that hangs or throws does not keep the others from
 * running, and after `limitMs` the process ends with status 1 whatever is left.
 */
export const createShutdown = (options: { readonly log: Log; readonly limitMs: number }): Shutdown => {
  const steps: { readonly name: string; readonly step: () => Promise<unknown> }[] = []
  let stopping: Promise<void> | undefined
  const run = async (reason: string) => {
    options.log.info({ reason }, 'stopping')
    const limit = setTimeout(() => {
      options.log.error('a step of the shutdown hung; ending the process')
      process.exit(1)
    }, options.limitMs)
    limit.unref()
    for (const { name, step } of steps.toReversed()) {
      try {
        await step()
      } catch (error) {
        options.log.error({ err: error, step: name }, 'a step of the shutdown failed')
      }
    }
    clearTimeout(limit)
    options.log.info('stopped')
  }
  const stop = (reason: string): Promise<void> => (stopping ??= run(reason))
  const end = (reason: string) => void stop(reason).then(() => process.exit(0))
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => end(signal))
  // A launcher that was killed cannot send a signal; its closed channel tells the same.
  if (process.connected) process.once('disconnect', () => end('the launcher is gone'))
  return { onStop: (name, step) => void steps.push({ name, step }), stop }
}
