export { decide, type Decision } from './decide.ts'
export { flatStance, noteEffects, noteEvent, type Stance } from './stance.ts'
