import { z } from 'zod'

/** A record whose keys users choose. Zod's own passes over a key `__proto__` in silence; this one refuses it. */
export const recordOf = <Key extends z.core.$ZodRecordKey, Value extends z.ZodType>(key: Key, value: Value) =>
  z.preprocess(
    (input, context) => {
      if (typeof input === 'object' && input !== null && Object.hasOwn(input, '__proto__')) {
        context.addIssue({ code: 'custom', path: ['__proto__'], message: 'no key of this name' })
      }
      return input
    },
    z.record(key, value),
  )
