export { expectationOf } from './expectation.ts'
export { inputProblems, jsonPathOf, previewOf } from './input.ts'
export { recordOf } from './record.ts'
