import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')

/** The parts of a guide that a reader copies: files, command lines, and what is printed. */
export interface Guide {
  /** A block after a paragraph that begins with a file's name, by that name. */
  readonly files: ReadonlyMap<string, string>
  /** Lines of `sh` blocks, in the order of the page. */
  readonly commands: readonly string[]
  /** Blocks without a language. */
  readonly outputs: readonly string[]
}

export const readGuide = (name: string): Guide => {
  const text = readFileSync(join(ROOT, 'docs/guides', name), 'utf8')
  const named = text.matchAll(/^`([\w.-]+\.\w+)`[^\n]*\n\n```\w+\n([\s\S]*?)^```$/gm)
  const blocks = [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
  const contentOf = (language: string): string[] =>
    blocks.filter(([, found]) => found === language).map(([, , content = '']) => content)
  return {
    files: new Map([...named].map(([, file = '', content = '']) => [file, content])),
    commands: contentOf('sh').flatMap((block) => block.trimEnd().split('\n')),
    outputs: contentOf(''),
  }
}
