/** Lets chunks compute side by side, or one of them with nothing beside it, in the order in which they come. */
export interface RunGate {
  readonly enter: <T>(mode: 'beside others' | 'alone', work: () => Promise<T>) => Promise<T>
}

/** One for each process: what a chunk takes down with it is the process. */
export const createRunGate = (): RunGate => {
  const waiting: { readonly isAlone: boolean; readonly begin: () => void }[] = []
  let inside = 0
  let isAloneInside = false
  const admit = () => {
    for (;;) {
      const next = waiting[0]
      if (next === undefined || isAloneInside || (next.isAlone && inside > 0)) return
      waiting.shift()
      inside++
      isAloneInside = next.isAlone
      next.begin()
    }
  }
  return {
    enter: async (mode, work) => {
      await new Promise<void>((begin) => {
        waiting.push({ isAlone: mode === 'alone', begin })
        admit()
      })
      try {
        return await work()
      } finally {
        inside--
        isAloneInside = false
        admit()
      }
    },
  }
}
