import { describe, expect, it } from 'vitest'
import { startApp } from './process.ts'

describe('startApp', () => {
  it('runs an app and reports its output and its end', async () => {
    const app = startApp({ app: 'cli', args: ['--help'] })
    await app.waitForOutput(/Usage: botcriptofy/)
    expect(await app.exited).toEqual({ code: 0, signal: null })
  })

  it('fails with the output when the app ends before it prints what was expected', async () => {
    const app = startApp({ app: 'cli', args: ['--no-such-option'] })
    await expect(app.waitForOutput(/never printed/)).rejects.toThrow(/"code":2[\s\S]*no-such-option/)
  })
})
