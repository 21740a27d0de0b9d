import { WorkFailed } from '../failure.ts'

const LIMIT_MS = 60_000
const POLL_MS = 100

/** Resolves when the API says that it and its services are ready. */
export const waitUntilReady = async (url: string): Promise<void> => {
  const startedMs = performance.now()
  while (performance.now() - startedMs < LIMIT_MS) {
    const isReady = await fetch(`${url}/health/ready`).then(
      (response) => response.ok,
      () => false,
    )
    if (isReady) return
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  throw new WorkFailed(`the API at ${url} was not ready within ${LIMIT_MS / 1000} s; see its log`)
}
