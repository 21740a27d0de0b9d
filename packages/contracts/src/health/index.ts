export { liveView, readyView, type ReadyView } from './health.http.ts'
