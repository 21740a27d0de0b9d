import cliProgress from 'cli-progress'

export interface Progress {
  readonly update: (done: number) => void
  readonly stop: () => void
}

/** A line every so many seconds where there is no terminal, so that a log is readable. */
const LINE_EVERY_MS = 2000

/** A bar on a terminal, now and then a line elsewhere; always on stderr. */
export const startProgress = (label: string, total: number): Progress => {
  if (!process.stderr.isTTY) return progressLines(label, total)
  const bar = new cliProgress.SingleBar(
    { format: `${label} {bar} {value}/{total} {percentage}% · {eta_formatted} left`, stream: process.stderr },
    cliProgress.Presets.shades_classic,
  )
  bar.start(total, 0)
  return { update: (done) => bar.update(done), stop: () => bar.stop() }
}

const progressLines = (label: string, total: number): Progress => {
  let lastMs = Date.now()
  return {
    update: (done) => {
      if (Date.now() - lastMs < LINE_EVERY_MS) return
      lastMs = Date.now()
      process.stderr.write(`${label} ${done}/${total}\n`)
    },
    stop: () => undefined,
  }
}
