import type { Finding, TidyRule } from './tidy-rule.ts'
import type { Tree } from './tree.ts'

// Rules about two places that must agree: what one file promises, another must hold.

const isProduct = (path: string) => /^(?:packages|apps)\/.*[.]tsx?$/.test(path) && !path.endsWith('.test.ts')

const matchesIn = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].flatMap((match) => match[1] ?? [])

const jobsWithoutTest = (tree: Tree): readonly Finding[] => {
  const tests = tree.paths
    .filter((path) => /^tests\/integration\/.*[.]test[.]ts$/.test(path))
    .map(tree.read)
    .join('\n')
  return tree.paths
    .filter((path) => path.startsWith('packages/contracts/src/') && isProduct(path))
    .flatMap((path) =>
      matchesIn(tree.read(path), /'([a-z-]+\.[a-z-]+)':\s*defineJob\(/g)
        .filter((job) => !tests.includes(`'${job}'`))
        .map((job) => ({ path, found: `the job '${job}', which no test of tests/integration names` })),
    )
}

const variablesIn = (tree: Tree): readonly { readonly path: string; readonly name: string }[] =>
  tree.paths
    .filter((path) => isProduct(path) && path.endsWith('/config.ts'))
    .flatMap((path) => matchesIn(tree.read(path), /^\s*([A-Z][A-Z0-9_]+):/gm).map((name) => ({ path, name })))

const examplesIn = (tree: Tree): ReadonlySet<string> => {
  const example = tree.paths.includes('.env.example') ? tree.read('.env.example') : ''
  return new Set(matchesIn(example, /^#?\s?([A-Z][A-Z0-9_]+)=/gm))
}

const variablesWithoutExample = (tree: Tree): readonly Finding[] => {
  const examples = examplesIn(tree)
  return variablesIn(tree)
    .filter(({ name }) => !examples.has(name))
    .map(({ path, name }) => ({ path, found: `the variable ${name}, which .env.example does not name` }))
}

const examplesWithoutVariable = (tree: Tree): readonly Finding[] => {
  const compose = tree.paths.includes('docker-compose.yml') ? tree.read('docker-compose.yml') : ''
  const names = new Set([
    ...variablesIn(tree).map(({ name }) => name),
    ...matchesIn(compose, /\$\{([A-Z][A-Z0-9_]+)/g),
  ])
  return [...examplesIn(tree)]
    .filter((name) => !names.has(name))
    .map((name) => ({ path: '.env.example', found: `the variable ${name}, which nothing reads` }))
}

/** BullMQ makes the abort signal only for a processor whose length is 3; a default or a rest parameter shortens it. */
const hasThreePlainParameters = (text: string): boolean => {
  const processor = /new Worker(?:<[^>]*>)?\(\s*[^,]+,\s*(\w+)\b/.exec(text)?.[1]
  const header = new RegExp(
    `(?:const ${processor}\\b[^=]*=\\s*async|async function ${processor})\\s*\\(([^)]*)\\)`,
  )
  const parameters =
    header
      .exec(text)?.[1]
      ?.split(',')
      .filter((one) => one.trim() !== '') ?? []
  return parameters.length === 3 && !parameters.some((one) => /\.\.\.|=/.test(one))
}

const shortProcessors = (tree: Tree): readonly Finding[] =>
  tree.paths
    .filter((path) => isProduct(path) && /from 'bullmq'/.test(tree.read(path)))
    .filter((path) => /new Worker\b/.test(tree.read(path)) && !hasThreePlainParameters(tree.read(path)))
    .map((path) => ({
      path,
      found: 'a processor that is not a named async function of exactly three parameters',
    }))

const workspaceOf = (path: string) => /^(?:packages|apps)\/[^/]+/.exec(path)?.[0] ?? ''

const undeclaredWorkspaces = (tree: Tree): readonly Finding[] =>
  tree.paths.filter(isProduct).flatMap((path) => {
    const workspace = workspaceOf(path)
    const declared = (file: string) => (tree.paths.includes(file) ? tree.read(file) : '')
    const manifest = declared(`${workspace}/package.json`)
    const references = declared(`${workspace}/tsconfig.json`)
    return matchesIn(tree.read(path), /(?:from|import)\s*\(?'@botcriptofy\/([a-z-]+)/g)
      .filter((name) => !workspace.endsWith(`/${name}`))
      .filter(
        (name) => !manifest.includes(`"@botcriptofy/${name}"`) || !references.includes(`packages/${name}"`),
      )
      .map((name) => ({
        path,
        found: `an import of @botcriptofy/${name}, which its workspace does not declare`,
      }))
  })

export const promiseRules: readonly TidyRule[] = [
  {
    name: 'jobs-have-integration-tests',
    instead:
      'Write tests/integration/<feature>.test.ts: the happy path, the job delivered twice, the crash between.',
    check: jobsWithoutTest,
  },
  {
    name: 'variables-in-env-example',
    instead: 'Name it in .env.example with its default and one line on what it does.',
    check: variablesWithoutExample,
  },
  {
    name: 'env-example-is-read',
    instead: 'Remove the line, or name the variable in the config.ts that shall read it.',
    check: examplesWithoutVariable,
  },
  {
    name: 'processors-take-three-parameters',
    instead: 'Write `const processor = async (job, token, signal) => …`; otherwise jobs cannot be cancelled.',
    check: shortProcessors,
  },
  {
    name: 'workspaces-declared',
    instead: 'Add it to dependencies in package.json and to references in tsconfig.json.',
    check: undeclaredWorkspaces,
  },
]
