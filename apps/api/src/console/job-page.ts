export const CONSOLE_BASE = '/console'

/** Where Bull Board shows a job; it says so itself when the queue has forgotten the job. */
export const jobPageUrl = (queue: string, jobId: string): string =>
  `${CONSOLE_BASE}/queue/${encodeURIComponent(queue)}/${encodeURIComponent(jobId)}`
