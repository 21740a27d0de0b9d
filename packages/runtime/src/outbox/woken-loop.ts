import type { Log } from '../log/index.ts'

/**
 * Calls `onAdded` whenever there is something to do, until the returned function ends it or the connection is lost,
 * which `onLost` tells. A hint only: who listens polls as well.
 */
export type Listen = (onAdded: () => void, onLost: () => void) => Promise<() => Promise<void>>

export interface WokenLoopOptions {
  /** As it is called in the log. */
  readonly name: string
  readonly listen: Listen
  /** The pause after a turn that nobody ends by waking. */
  readonly pollMs: number
  readonly log: Log
  /** True when there is more to do at once. */
  readonly turn: () => Promise<boolean>
}

const RETRY_MS = 500

/** Takes a turn when woken, and every `pollMs` in any case; a turn that throws is logged and tried again. */
export const startWokenLoop = (options: WokenLoopOptions): { readonly stop: () => Promise<void> } => {
  let isStopped = false
  let wake = (): void => undefined
  let isWoken = false
  let unlisten: (() => Promise<void>) | undefined
  const onAdded = () => {
    isWoken = true
    wake()
  }
  const onLost = () => {
    unlisten = undefined
    onAdded()
  }
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      if (isWoken || isStopped) return resolve()
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const loop = (async () => {
    while (!isStopped) {
      isWoken = false
      try {
        // Listening comes first, so that nothing is added unnoticed between the look and the sleep.
        unlisten ??= await options.listen(onAdded, onLost)
        if (await options.turn()) continue
        await pause(options.pollMs)
      } catch (error) {
        options.log.warn({ err: error }, `the ${options.name} failed and tries again`)
        isWoken = false
        await pause(RETRY_MS)
      }
    }
  })()
  return {
    stop: async () => {
      isStopped = true
      wake()
      await loop
      await unlisten?.()
    },
  }
}
