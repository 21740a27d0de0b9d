import { startProgress } from '../progress.ts'

/** Short work shows no progress. */
const SILENT_MS = 2000

/** Progress on stderr for work that turns out to be long. */
export const lateProgress = (label: string) => {
  const startedMs = Date.now()
  let progress: ReturnType<typeof startProgress> | undefined
  return {
    update: (done: number, total: number): void => {
      if (Date.now() - startedMs < SILENT_MS) return
      progress ??= startProgress(label, total)
      progress.update(done)
    },
    stop: (): void => progress?.stop(),
  }
}
