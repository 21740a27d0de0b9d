export {
  findEvents,
  insertEvent,
  insertEvents,
  lastEventSeq,
  type NewEvent,
  publishEvents,
} from './event.repository.ts'
