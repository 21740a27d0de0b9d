import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readyView } from '@botcriptofy/contracts/health'
import { z } from 'zod'
import { repositoryRoot } from '../root.ts'
import { fail, type Finding, ok, reasonOf, warn } from './finding.ts'

const manifest = z.object({ version: z.string(), engines: z.object({ node: z.string() }) })

export const examineNode = async (): Promise<readonly Finding[]> => {
  const { version, engines } = manifest.parse(
    JSON.parse(await readFile(join(repositoryRoot, 'package.json'), 'utf8')),
  )
  const wanted = engines.node.replace('>=', '')
  const detail = `Node ${process.versions.node}, BotCriptoFy ${version}`
  return [
    isAtLeast(process.versions.node, wanted)
      ? ok('node', detail)
      : fail('node', detail, `install Node ${wanted} or newer`),
  ]
}

const isAtLeast = (version: string, wanted: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split('.').map(Number)
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)
}

const LIMIT_MS = 5000

export const examineApi = async (url: string): Promise<readonly Finding[]> => {
  let response: Response
  try {
    response = await fetch(new URL('/health/ready', url), { signal: AbortSignal.timeout(LIMIT_MS) })
  } catch {
    return [
      warn(
        'api',
        `nothing answers at ${url}`,
        'npm start runs it; BOTCRIPTOFY_URL says where it is elsewhere',
      ),
    ]
  }
  const parsed = readyView.safeParse(await response.json().catch(reasonOf))
  if (!parsed.success) {
    return [warn('api', `something else answers at ${url}`, 'set BOTCRIPTOFY_URL to where the API is')]
  }
  const { status, checks } = parsed.data
  if (status === 'ok') return [ok('api', `ready at ${url}`)]
  const wrong = Object.entries(checks)
    .filter(([, check]) => !check.ok)
    .map(([name, { detail }]) => (detail === undefined ? name : `${name} (${detail})`))
  return [
    fail('api', `${status} at ${url}: ${wrong.join(', ')}`, 'see the lines above and the log of the API'),
  ]
}
