import { setTimeout as delay } from 'node:timers/promises'

export interface WaitOptions {
  /** What is waited for, in words; part of the failure. */
  readonly describe: string
  readonly limitMs?: number
  readonly everyMs?: number
}

/**
 * Asks until the condition gives something other than false, null or undefined, and returns that. A throwing
 * condition counts as not yet; its last error is the cause of the failure when the limit is reached.
 */
export const waitFor = async <T>(
  condition: () => T | Promise<T>,
  options: WaitOptions,
): Promise<Exclude<T, false | null | undefined>> => {
  const limitMs = options.limitMs ?? 30_000
  const startMs = performance.now()
  for (;;) {
    let cause: unknown
    try {
      const value = await condition()
      if (isFound(value)) return value
    } catch (error) {
      cause = error
    }
    if (performance.now() - startMs > limitMs) {
      throw new Error(`expected ${options.describe} within ${limitMs} ms`, { cause })
    }
    await delay(options.everyMs ?? 20)
  }
}

const isFound = <T>(value: T): value is Exclude<T, false | null | undefined> =>
  value !== false && value !== null && value !== undefined
