import { once } from 'node:events'
import { waitFor } from '@botcriptofy/testkit/wait'
import { expect, test } from 'vitest'
import { scriptPath, startNode } from './run-script.ts'

const program = [
  `let interrupts = 0`,
  `process.on('SIGINT', () => console.log('interrupt', ++interrupts))`,
  `process.on('SIGTERM', () => { console.log('seen', interrupts); process.exit(7) })`,
  `setInterval(() => {}, 1000)`,
  `console.log('ready')`,
].join(';')
const wrapper = [
  `import { runInForeground } from ${JSON.stringify(scriptPath('foreground.mjs'))}`,
  `process.exitCode = await runInForeground(['-e', ${JSON.stringify(program)}])`,
].join('\n')

test('a program in the foreground sees one Ctrl-C once, and its exit status becomes ours', async () => {
  const { child, ended } = startNode(['--input-type=module', '-e', wrapper])
  let printed = ''
  child.stdout?.on('data', (text: string) => (printed += text))
  await waitFor(() => printed.includes('ready'), { describe: 'the program to start' })
  // The terminal sends one to the whole group, npm passes another one on.
  child.kill('SIGINT')
  await waitFor(() => printed.includes('interrupt 1'), { describe: 'the first signal to arrive' })
  child.kill('SIGINT')
  child.kill('SIGTERM')
  await once(child, 'exit')
  const { status, stdout } = await ended
  expect(status).toBe(7)
  expect(stdout).toContain('seen 1')
})
