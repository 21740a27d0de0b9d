export { expectationOf } from './expectation.ts'
export { inputProblems, jsonPathOf, previewOf } from './input.ts'
export { nestingProblem } from './nesting.ts'
export { recordOf } from './record.ts'
