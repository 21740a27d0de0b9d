import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

/** What a process of its own writes to stdout, where the log goes. */
const logged = async (code: string): Promise<string> => {
  const script = `
    import { createLog } from '${new URL('./log.ts', import.meta.url).href}'
    const log = createLog({ name: 'test', level: 'info' })
    ${code}`
  const flags = ['--import', 'tsx', '--conditions=@botcriptofy/source', '--input-type=module', '-e']
  return (await promisify(execFile)(process.execPath, [...flags, script])).stdout
}

test.each([
  [
    'the arguments of a command that Redis refused',
    `const err = new Error('WRONGPASS')
     err.command = { name: 'auth', args: ['hunter2'] }
     log.warn({ err }, 'redis connection')`,
  ],
  ['a header', `log.info({ req: { headers: { authorization: 'Bearer hunter2' } } }, 'seen')`],
  ['a nested field', `log.info({ settings: { apiKey: 'hunter2' } }, 'seen')`],
])('secrets stay out of the log: %s', async (_place, code) => {
  const line = await logged(code)
  expect(line).toContain('[redacted]')
  expect(line).not.toContain('hunter2')
})
