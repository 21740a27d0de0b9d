import type { Finding, Invariant } from '../evidence.ts'

const oneRunPerKey: Invariant = {
  name: 'one-run-per-key',
  holds:
    'However often a request was sent under its Idempotency-Key, there is one sweep for it, and none that nobody asked for.',
  check: async ({ db, asked }) => {
    const findings: Finding[] = asked.flatMap(({ key, ids, refusals }) => [
      ...(ids.size > 1 ? [{ ids: [...ids], detail: `the key ${key} made ${ids.size} sweeps` }] : []),
      ...(refusals.length > 0 ? [{ ids: [key], detail: `a sound request was refused: ${refusals[0]}` }] : []),
    ])
    // A request whose answers were all lost may have been done; its key then tells the sweep.
    const stored = await db.selectFrom('idempotency_key').select(['key', 'body']).execute()
    const bodyByKey = new Map(stored.map(({ key, body }) => [key, body]))
    const known = asked.flatMap(({ key, ids }) => [...ids, ...idsIn(bodyByKey.get(key))])
    // Those of a walk-forward's windows nobody asked for by themselves.
    const rows = await db.selectFrom('sweep').select('id').where('walkforward_id', 'is', null).execute()
    const unknown = rows.filter(({ id }) => !known.includes(id))
    for (const { id } of unknown) findings.push({ ids: [id], detail: 'a sweep that no key accounts for' })
    for (const { key, ids } of asked) {
      const [answered] = ids
      const [recorded] = idsIn(bodyByKey.get(key))
      if (answered !== undefined && answered !== recorded)
        findings.push({ ids: [answered], detail: `the key ${key} is recorded for ${recorded ?? 'nothing'}` })
    }
    return { checked: asked.length, findings }
  },
}

const idsIn = (body: string | undefined): readonly string[] => {
  if (body === undefined) return []
  const { id } = JSON.parse(body) as { id?: unknown }
  return typeof id === 'string' ? [id] : []
}

const MOVED: readonly string[] = ['200', '409 ILLEGAL_TRANSITION']

const pausesAnswered: Invariant = {
  name: 'pauses-answered',
  holds:
    'Whoever pauses a sweep and lets it go on hears that it was done, or that the sweep had ended before.',
  check: ({ asked }) => {
    const moves = asked.flatMap(({ ids, moves: answers }) =>
      answers.map((answer) => ({ ids: [...ids], answer })),
    )
    return Promise.resolve({
      checked: moves.length,
      findings: moves
        .filter(({ answer }) => !MOVED.includes(answer))
        .map(({ ids, answer }) => ({ ids, detail: `a pause or its end was answered ${answer}` })),
    })
  },
}

export const requestInvariants: readonly Invariant[] = [oneRunPerKey, pausesAnswered]
