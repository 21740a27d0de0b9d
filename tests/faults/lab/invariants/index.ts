import type { Invariant } from '../evidence.ts'
import { candleInvariants } from './candles.ts'
import { eventInvariants } from './events.ts'
import { leftoverInvariants } from './leftovers.ts'
import { requestInvariants } from './requests.ts'
import { resultInvariants } from './results.ts'
import { sweepInvariants } from './sweeps.ts'
import { walkForwardInvariants } from './walkforwards.ts'

/** All that must hold after a run, whatever was done to the system in the middle. */
export const INVARIANTS: readonly Invariant[] = [
  ...sweepInvariants,
  ...resultInvariants,
  ...requestInvariants,
  ...candleInvariants,
  ...walkForwardInvariants,
  ...eventInvariants,
  ...leftoverInvariants,
]
