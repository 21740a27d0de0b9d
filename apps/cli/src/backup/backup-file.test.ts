import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { Snapshot } from '@botcriptofy/store/backup'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeWhole } from '../files/write.ts'
import { withBackupFile } from './read-backup.ts'
import { writeBackup } from './write-backup.ts'

const TEXT = { few: 'a\t1\nb\t\\N\n', none: '', many: 'row\n'.repeat(200_000) }
type Name = keyof typeof TEXT

const rowsOf = (name: Name) => TEXT[name].split('\n').length - 1

const snapshot: Snapshot = {
  postgres: '18.4',
  migrations: [{ name: '0001_init', sha256: 'ab'.repeat(32) }],
  sequences: [{ name: 'x_id_seq', lastValue: '9223372036854775807', isCalled: true }],
  tables: (['few', 'none', 'many'] as const).map((name) => ({
    name,
    columns: ['x', 'y'],
    rows: rowsOf(name),
  })),
  read: ({ name }) => Readable.from([Buffer.from(TEXT[name as Name])], { objectMode: false }),
}

let folder: string
let path: string
let bytes: Buffer
const quiet = () => undefined
const { signal } = new AbortController()
const target = (file: string) => ({ path: file, product: '0.1.0', signal, onRows: quiet })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'botcriptofy-backup-'))
  path = join(folder, 'whole')
  await writeBackup(snapshot, target(path))
  bytes = await readFile(path)
})
afterAll(() => rm(folder, { recursive: true }))

const textOf = async (stream: Readable): Promise<string> => Buffer.concat(await stream.toArray()).toString()

const verify = (file: string) =>
  withBackupFile(
    { path: file, option: '<file>' },
    { signal, onBytes: quiet },
    async ({ manifest }) => manifest,
  )

let refusals = 0
const refusalOf = async (content: Uint8Array): Promise<string> => {
  const file = join(folder, `changed-${refusals++}`)
  await writeFile(file, content)
  return verify(file).then(
    () => 'taken',
    (error: unknown) => (error instanceof Error ? error.message : 'no error'),
  )
}

describe('a backup file', () => {
  it('gives back what was written, table by table', async () => {
    await withBackupFile({ path, option: '<file>' }, { signal, onBytes: quiet }, async (backup) => {
      expect(backup.manifest).toMatchObject({ format: 1, product: '0.1.0', sequences: snapshot.sequences })
      for (const { name, rows, bytes: size } of backup.manifest.tables) {
        expect([rows, size]).toEqual([rowsOf(name as Name), TEXT[name as Name].length])
        let read = 0
        const text = await textOf(backup.read(name, (more) => (read += more)))
        expect([text, read]).toEqual([TEXT[name as Name], size])
      }
    })
  })

  it('can be read by its owner alone', async () => {
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it('is refused with a byte changed anywhere: all of its two ends, every 41st between', async () => {
    const isEnd = (at: number) => at < 120 || at >= bytes.length - 60
    const places = [...bytes.keys()].filter((at) => isEnd(at) || at % 41 === 0)
    for (const at of places) {
      const changed = Buffer.from(bytes)
      changed[at]! ^= 0x40
      expect(await refusalOf(changed), `byte ${at}`).toMatch(/cut off or damaged|something else|in format/)
    }
  })

  it('is refused when it ends early or late', async () => {
    for (const length of [
      1,
      20,
      21,
      22,
      56,
      57,
      58,
      Math.floor(bytes.length / 2),
      bytes.length - 32,
      bytes.length - 1,
    ]) {
      expect(await refusalOf(bytes.subarray(0, length)), `${length} bytes`).toMatch(/cut off or damaged/)
    }
    expect(await refusalOf(Buffer.concat([bytes, Buffer.from('\n')]))).toMatch(/cut off or damaged/)
  })

  it.each([
    ['nothing', '', 'something else'],
    ['text', 'x'.repeat(9000), 'something else'],
    ['a backup of a later format', `botcriptofy-backup 2\n${'x'.repeat(900)}`, 'a backup in format 2'],
  ])('is not %s', async (_, content, reason) => {
    expect(await refusalOf(Buffer.from(content))).toContain(reason)
  })

  it('is no folder', async () => {
    await mkdir(join(folder, 'directory'))
    await expect(verify(join(folder, 'directory'))).rejects.toThrow(/a folder/)
  })

  it('leaves nothing behind when a table cannot be read to its end', async () => {
    const broken: Snapshot = {
      ...snapshot,
      read: () =>
        Readable.from(
          (async function* () {
            yield Buffer.from('a\n')
            throw new Error('the server went away')
          })(),
          { objectMode: false },
        ),
    }
    const file = { path: join(folder, 'broken'), option: '--out' }
    const writing = writeWhole(file, async (draft) => {
      await writeBackup(broken, target(draft))
    })
    await expect(writing).rejects.toThrow('the server went away')
    expect((await readdir(folder)).filter((name) => name.startsWith('broken'))).toEqual([])
  })

  it('is not written with fewer rows than were counted', async () => {
    const short = { ...snapshot, read: () => Readable.from([Buffer.from('a\n')], { objectMode: false }) }
    await expect(writeBackup(short, target(join(folder, 'short')))).rejects.toThrow(
      'few: expected 2 rows, was 1',
    )
  })
})
