// Writes the package graph of ARCHITECTURE.md from the imports that are really there; with --check it only compares.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const page = `${root}ARCHITECTURE.md`
const begin = '<!-- package graph: node scripts/architecture-graph.mjs -->'
const end = '<!-- end of package graph -->'
const testCode = '[.]test[.]ts$|^packages/testkit/'

const cruise = () => {
  const args = ['--config', '.dependency-cruiser.mjs', '--exclude', testCode, '--output-type', 'json']
  const { stdout, stderr } = spawnSync(`${root}node_modules/.bin/depcruise`, [...args, 'packages', 'apps'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  if (!stdout) throw new Error(`expected a graph from depcruise, was: ${stderr}`)
  return JSON.parse(stdout).modules
}

const workspaceOf = (path) => /^(?:packages|apps)\/[^/]+/.exec(path)?.[0]

const edgesOf = (modules) => {
  const edges = new Set()
  for (const { source, dependencies } of modules) {
    const from = workspaceOf(source)
    for (const { resolved } of dependencies) {
      const to = workspaceOf(resolved)
      if (from && to && from !== to) edges.add(`${from} ${to}`)
    }
  }
  return [...edges].sort().map((edge) => edge.split(' '))
}

const mermaidOf = (modules) => {
  const workspaces = [...new Set(modules.map(({ source }) => workspaceOf(source)).filter(Boolean))].sort()
  const nodesIn = (folder) =>
    workspaces.filter((path) => path.startsWith(folder)).map((path) => `    ${path.split('/')[1]}`)
  const arrows = edgesOf(modules).map(([from, to]) => `  ${from.split('/')[1]} --> ${to.split('/')[1]}`)
  const groups = ['apps', 'packages'].flatMap((folder) => [
    `  subgraph ${folder}`,
    ...nodesIn(folder),
    '  end',
  ])
  return ['```mermaid', 'flowchart TD', ...groups, ...arrows, '```'].join('\n')
}

const text = readFileSync(page, 'utf8')
const [before, after] = [text.indexOf(begin), text.indexOf(end)]
if (before < 0 || after < before)
  throw new Error(`expected the markers ${begin} and ${end} in ARCHITECTURE.md`)
const wanted = `${text.slice(0, before + begin.length)}\n\n${mermaidOf(cruise())}\n\n${text.slice(after)}`

if (!process.argv.includes('--check')) {
  writeFileSync(page, wanted)
} else if (wanted !== text) {
  process.stderr.write(
    'The package graph of ARCHITECTURE.md is stale: run `node scripts/architecture-graph.mjs`.\n',
  )
  process.exit(1)
}
