export { claimEffect } from './effect.repository.ts'
