// What tests start as programs is the build that ships; it is brought up to date before the first of them.
import { buildAlone } from './prepare.mjs'

export const setup = buildAlone
