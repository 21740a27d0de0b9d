// The scripts that run first parse on older releases of Node, so that these hear what is missing.
import { Failure } from './services/report.mjs'

export const requireNode = (version = process.versions.node) => {
  const [major, minor] = version.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  throw new Failure(`BotCriptoFy needs Node 20.19 or newer, this is ${version}`)
}
