// Removes throwaway services when the process that needed them is gone, however it went: `watchdog.mjs DIRECTORY PID`.
import { existsSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { stop } from './commands.mjs'
import { startTimeOf } from './processes.mjs'

const [dataDir, pid] = process.argv.slice(2)
const startTime = startTimeOf(pid)
// Detached from every terminal, but a group-wide signal of a container's end may still come: the work is done first.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {})

while (existsSync(dataDir) && startTime !== undefined && startTimeOf(pid) === startTime) await pause(300)
if (existsSync(dataDir)) await stop({ dataDir })
