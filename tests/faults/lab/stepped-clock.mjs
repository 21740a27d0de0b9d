// Preloaded into the processes of the fault lab: their wall clock is the system's plus an offset that the lab writes to
// a file. Timers go by the monotonic clock and are not changed, as on a real machine.
import { readFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

const file = process.env['FAULT_LAB_CLOCK']
const systemNow = Date.now.bind(Date)
const SystemDate = Date
const LOOK_MS = 50
let offsetMs = 0

const readOffset = () => {
  offsetMs = Number(readFileSync(file, 'utf8'))
}

if (file !== undefined) {
  readOffset()
  // Threads compute and never ask for the time of day.
  if (isMainThread) setInterval(readOffset, LOOK_MS).unref()
  globalThis.Date = new Proxy(SystemDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [systemNow() + offsetMs] : args, newTarget),
    apply: () => new SystemDate(systemNow() + offsetMs).toString(),
  })
  SystemDate.now = () => systemNow() + offsetMs
}
