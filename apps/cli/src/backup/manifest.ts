import { z } from 'zod'

// A backup file: the first line, one gzip member of COPY text per table, the manifest as JSON, its length as a
// big-endian uint32, and the sha256 of all bytes before it. gunzip reads the part between line and manifest.

export const FIRST_LINE = 'botcriptofy-backup 1\n'
/** What every version's files begin with. */
export const ANY_FIRST_LINE = 'botcriptofy-backup '
export const LENGTH_BYTES = 4
export const DIGEST_BYTES = 32

const digest = z.string().regex(/^[0-9a-f]{64}$/)
const count = z.int().min(0)

export const manifestSchema = z.strictObject({
  format: z.literal(1),
  /** Of the program that wrote the file. */
  product: z.string(),
  /** Of the server the rows come from. */
  postgres: z.string(),
  createdAtMs: z.int(),
  migrations: z.array(z.strictObject({ name: z.string(), sha256: digest })),
  sequences: z.array(
    z.strictObject({
      name: z.string(),
      lastValue: z.string().regex(/^-?\d{1,19}$/),
      isCalled: z.boolean(),
    }),
  ),
  /** In the order they are loaded in. */
  tables: z.array(
    z.strictObject({
      name: z.string(),
      columns: z.array(z.string()).min(1),
      rows: count,
      /** Of the COPY text, as is the digest. */
      bytes: count,
      sha256: digest,
      /** Where the gzip member lies in the file. */
      offset: count,
      compressedBytes: count,
    }),
  ),
})
export type Manifest = z.infer<typeof manifestSchema>
export type ManifestTable = Manifest['tables'][number]

export const rowsByTable = ({ tables }: Manifest): Readonly<Record<string, number>> =>
  Object.fromEntries(tables.map(({ name, rows }) => [name, rows]))

/** The last migration, which names the schema. */
export const schemaOf = ({ migrations }: Manifest): string => migrations.at(-1)?.name ?? 'none'

export const totalRows = ({ tables }: Manifest): number => tables.reduce((sum, { rows }) => sum + rows, 0)
