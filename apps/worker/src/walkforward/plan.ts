import {
  isUnchanged,
  listWindows,
  pinRange,
  type PinnedWindow,
  startTrainings,
} from '@botcriptofy/store/walkforward'
import type { Prepare } from './prepare.ts'

/** Pins the candles of every training. */
export const prepareTrainings: Prepare = async (db, scope, { flow }) => {
  const windows: PinnedWindow[] = []
  for (const window of await listWindows(db, scope, flow.id)) {
    const range = { fromMs: window.train_from_ms, toMs: window.train_to_ms }
    windows.push({ place: window.place, train: await pinRange(db, flow, range) })
  }
  // Looked at last: what was pinned before is then of the candles that the walk-forward was accepted with.
  if (!(await isUnchanged(db, flow))) return DATASET_CHANGED
  return (tx) => startTrainings(tx, scope, { flow, windows })
}

export const DATASET_CHANGED = {
  code: 'DATASET_CHANGED',
  detail: 'expected the candles that were there at the submit, others were imported since',
}
