// Processes and ports: what is alive, who is who, start and wait.
import { execFileSync, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { Failure } from './report.mjs'

const procfs = process.platform === 'linux'
const ps = (pid, column) => {
  try {
    return execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .toString()
      .trim()
  } catch {
    return ''
  }
}

/** When a living process started (an opaque text), or undefined. With the pid it names a process for ever: pids are reused. */
export const startTimeOf = (pid) => {
  if (!procfs) return ps(pid, 'stat').startsWith('Z') ? undefined : ps(pid, 'lstart') || undefined
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may itself hold spaces and parentheses. A zombie answers signals and is dead all the same.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
  } catch {
    return undefined
  }
}

export const isAlive = (pid) => startTimeOf(pid) !== undefined

export const commandLineOf = (pid) => {
  if (!procfs) return ps(pid, 'command')
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}

/** @type {{signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | undefined}} */
const interruption = { signal: undefined }
const shortLived = new Set()
const killGroup = (pid, signal) => {
  try {
    process.kill(-pid, signal)
  } catch {
    // The group is gone already.
  }
}

/** After a signal every wait and every start of this process fails, so that one path cleans up. */
export const failOnSignals = () => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      interruption.signal ??= signal
      for (const child of shortLived) killGroup(child.pid, 'SIGKILL')
    })
  }
}

const exitStatusBySignal = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }
const refuseWhenInterrupted = () => {
  const { signal } = interruption
  if (signal) throw new Failure(`stopped by ${signal}`, exitStatusBySignal[signal])
}

/** Cleaning up after a signal must be able to wait again. */
export const endInterruption = () => {
  interruption.signal = undefined
}

/** Polls until `check` gives something other than undefined; undefined after `timeoutMs`. */
export const waitFor = async (check, timeoutMs) => {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    refuseWhenInterrupted()
    const found = await check()
    if (found !== undefined) return found
    if (performance.now() > deadline) return undefined
    await pause(20)
  }
}

/** Resolves to whether the process is gone. */
export const waitForExit = async (pid, timeoutMs) =>
  (await waitFor(() => (isAlive(pid) ? undefined : true), timeoutMs)) ?? false

/** Runs a tool to its end: `{status, output}`, in a process group of its own so that Ctrl-C goes through us. */
export const run = (command, args, options = {}) =>
  new Promise((resolve, reject) => {
    refuseWhenInterrupted()
    const { input, ...spawnOptions } = options
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], ...spawnOptions, detached: true })
    let output = ''
    shortLived.add(child)
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.stdin.on('error', () => {})
    child.stdin.end(input ?? '')
    child.on('error', (error) => {
      shortLived.delete(child)
      reject(error)
    })
    child.on('close', (status) => {
      shortLived.delete(child)
      try {
        refuseWhenInterrupted()
        resolve({ status, output })
      } catch (error) {
        reject(error)
      }
    })
  })

/** Starts a service that outlives us, detached, its output in `logFile`; `exited` turns true when it dies while we watch. */
export const startDetached = (command, args, { logFile, ...options }) => {
  refuseWhenInterrupted()
  const log = openSync(logFile, 'a', 0o600)
  const child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', log, log] })
  closeSync(log)
  const service = { pid: child.pid, exited: false, error: undefined }
  child.on('exit', () => (service.exited = true))
  child.on('error', (error) => Object.assign(service, { exited: true, error }))
  child.unref()
  return service
}

/** A port that was free a moment ago; the caller must cope with losing the race. */
export const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
