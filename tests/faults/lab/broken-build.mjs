// Preloaded into the processes of the fault lab by a test that wants a build which is broken on purpose.
import { register } from 'node:module'

register(new URL('./broken-build.loader.mjs', import.meta.url))
