// Runs a Node program on our terminal as if we were it.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { repositoryRoot } from './services/layout.mjs'

// Ctrl-C arrives twice, from the terminal and from npm; the program shall see it once, and a second press as a second one.
const echoMs = 1000

/** Resolves to the exit status; signals are passed on, the program being in a process group of its own. */
export const runInForeground = (args, env = process.env) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: repositoryRoot,
      stdio: 'inherit',
      env,
      detached: true,
    })
    const passedAt = {}
    const handlers = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGWINCH'].map((signal) => {
      const handle = () => {
        const now = performance.now()
        if (signal !== 'SIGWINCH' && now - (passedAt[signal] ?? -Infinity) < echoMs) return
        passedAt[signal] = now
        child.kill(signal)
      }
      process.on(signal, handle)
      return () => process.off(signal, handle)
    })
    child.on('error', reject)
    child.on('exit', (status, signal) => {
      for (const remove of handlers) remove()
      resolve(status ?? 128 + constants.signals[signal])
    })
  })
