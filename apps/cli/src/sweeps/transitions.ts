import { movedSweep, requeuedSweep } from '@botcriptofy/contracts/sweep'
import type { Command } from 'commander'
import { connect } from '../client/connect.ts'
import { printJson } from '../runs/options.ts'
import { addParamOption, parseAxis } from './axis.ts'

interface Flags {
  readonly json?: boolean
}

/** `pause`, `resume`, `rerun` and `extend`. */
export const addTransitions = (sweeps: Command): void => {
  const moves = [
    ['pause', 'hand out no more runs; those in hand end'],
    ['resume', 'go on with a paused sweep'],
  ] as const
  for (const [verb, description] of moves) {
    define(sweeps, verb, description).action(async (id: string, { json }: Flags) => {
      const moved = await connect().post(pathOf(id, verb), { json: {} }, movedSweep)
      if (json === true) printJson(moved)
      else process.stdout.write(`${id} ${moved.status}\n`)
    })
  }
  define(sweeps, 'rerun', 'compute the failed runs of a sweep that has ended once more').action(
    (id: string, flags: Flags) => requeue(id, 'rerun', { body: {}, flags }),
  )
  addParamOption(
    define(
      sweeps,
      'extend',
      'append a grid to a sweep that has ended; parameters left out keep their values',
    ),
  ).action((id: string, flags: Flags & { readonly param: readonly string[] }) =>
    requeue(id, 'extend', { body: { parameters: Object.fromEntries(flags.param.map(parseAxis)) }, flags }),
  )
}

const define = (sweeps: Command, verb: string, description: string): Command =>
  sweeps.command(verb).description(description).argument('<id>').option('--json', 'print one JSON object')

const pathOf = (id: string, verb: string) => `/v1/sweeps/${encodeURIComponent(id)}/${verb}`

const requeue = async (
  id: string,
  verb: 'rerun' | 'extend',
  { body, flags }: { readonly body: object; readonly flags: Flags },
): Promise<void> => {
  const answer = await connect().post(pathOf(id, verb), { json: body }, requeuedSweep)
  if (flags.json === true) printJson(answer)
  else process.stdout.write(`${id} queued, ${answer.runs} runs; botcriptofy sweeps watch ${id}\n`)
}
