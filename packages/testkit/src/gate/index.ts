export { type Gate, openGate } from './gate.ts'
