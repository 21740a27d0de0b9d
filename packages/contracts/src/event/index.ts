export { eventHeaders, eventView, type EventView } from './event.http.ts'
