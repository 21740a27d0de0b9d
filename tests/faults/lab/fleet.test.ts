import { testServices } from '@botcriptofy/testkit/services'
import { waitFor } from '@botcriptofy/testkit/wait'
import { expect, test } from 'vitest'
import type { Evidence } from './evidence.ts'
import { openMember, type UnaskedExit } from './fleet.ts'
import { INVARIANTS } from './invariants/index.ts'

const openApi = async (exits: UnaskedExit[], env: Readonly<Record<string, string>> = {}) =>
  openMember({
    name: 'api-1',
    app: 'api',
    env: { API_PORT: '0', ...env },
    services: await testServices(),
    isReady: async (app) => app.output().stdout.includes('listening'),
    onUnaskedExit: (exit) => exits.push(exit),
  })

test('a process that ends unasked is noted, started again, and told of by clean-ends', async () => {
  const exits: UnaskedExit[] = []
  const member = await openApi(exits)
  try {
    member.start()
    await member.untilReady()
    member.signal('SIGABRT')
    await waitFor(() => member.pids.length === 2, { describe: 'another process' })
    expect(exits).toEqual([expect.objectContaining({ pid: member.pids[0], wasReady: true })])
    expect(await cleanEnds(exits)).toEqual([expect.stringContaining('ended unasked with {"code":null')])
  } finally {
    await member.close()
  }
})

test('a process that the lab kills or stops is no finding, and one with a wrong setting is', async () => {
  const exits: UnaskedExit[] = []
  const member = await openApi(exits)
  try {
    member.start()
    await member.untilReady()
    await member.kill()
    member.start()
    await member.untilReady()
    expect(await member.stop(20_000)).toEqual({ code: 0, signal: null })
    expect(exits).toEqual([])
  } finally {
    await member.close()
  }
  const wrong = await openApi(exits, { LOG_LEVEL: 'loud' })
  try {
    wrong.start()
    await waitFor(() => exits.length > 0, { describe: 'its end' })
    expect(await cleanEnds(exits)).toEqual([expect.stringContaining('"code":2')])
  } finally {
    await wrong.close()
  }
})

const cleanEnds = async (unaskedExits: readonly UnaskedExit[]) => {
  const processes = { orphans: [], unaskedExits, badEnds: [], unhandled: [], sessions: [] }
  const check = INVARIANTS.find(({ name }) => name === 'clean-ends')?.check
  const { findings } = (await check?.({ processes } as Partial<Evidence> as Evidence)) ?? { findings: [] }
  return findings.map(({ detail }) => detail)
}
