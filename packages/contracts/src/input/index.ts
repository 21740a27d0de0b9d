export { inputProblems, jsonPathOf, previewOf } from './input.ts'
