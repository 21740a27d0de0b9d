import type { Log } from '@botcriptofy/runtime/log'

export interface Loop {
  readonly stop: () => Promise<void>
}

/** Runs `turn` again and again, `intervalMs` after the last one ended; a turn that throws is logged and tried again. */
export const startLoop = (
  options: { readonly name: string; readonly intervalMs: number; readonly log: Log },
  turn: () => Promise<void>,
): Loop => {
  let isStopped = false
  let timer: NodeJS.Timeout | undefined
  let current: Promise<void> = Promise.resolve()
  const run = async () => {
    try {
      await turn()
    } catch (error) {
      options.log.warn({ err: error }, `the ${options.name} failed and tries again`)
    }
    schedule()
  }
  const schedule = () => {
    if (isStopped) return
    timer = setTimeout(() => {
      current = run()
    }, options.intervalMs)
  }
  schedule()
  return {
    stop: async () => {
      isStopped = true
      clearTimeout(timer)
      await current
    },
  }
}
