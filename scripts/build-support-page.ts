/**
 * Writes docs/compose-support.md: every key of the Compose format, and whether this version runs it. With --check it
 * writes nothing and fails if the existing page differs from the one it would write.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { schemaPaths } from '../src/parser/schema/schema-paths.ts'
import { supportOf } from '../src/parser/supported/check-supported.ts'
import { KEPT_KEYS, type KeptReason } from '../src/parser/supported/supported-keys.ts'
import { SUPPORTED_VALUES } from '../src/parser/supported/supported-values.ts'
import { projectRoot } from './project-root.ts'
import { schemaWords } from './schema-words.ts'

const PAGE = 'docs/compose-support.md'

/** Returns the text of the page. */
export async function buildSupportPage(): Promise<string> {
  const schema: unknown = JSON.parse(await readFile(join(projectRoot, 'schemas/compose.schema.json'), 'utf8'))
  const words = schemaWords(schema)
  const rows = keyPatterns().map(pattern => ({
    pattern,
    state: stateOf(pattern),
    words: words.get(pattern) ?? '',
  }))
  const sections = SECTIONS.map(({ title, prefix }) => {
    const own = rows.filter(({ pattern }) => sectionOf(pattern).prefix === prefix)
    return `## ${title}\n\n${table(own)}`
  })
  return `${introduction(rows)}\n\n${sections.join('\n\n')}\n`
}

/** Returns every key that the format knows, as path patterns in the schema's order. */
export function keyPatterns(): readonly string[] {
  return schemaPaths()
    .map(({ pattern }) => pattern)
    .filter(pattern => !/(?:\.\*|\[\])$/.test(pattern))
}

interface Row {
  readonly pattern: string
  readonly state: string
  readonly words: string
}

interface Section {
  readonly title: string
  readonly prefix: string
}

/** A row belongs to the section with the longest matching prefix. */
const SECTIONS: readonly Section[] = [
  { title: 'Top level', prefix: '' },
  { title: 'include', prefix: 'include[]' },
  { title: 'services', prefix: 'services.*' },
  { title: 'services: build', prefix: 'services.*.build' },
  { title: 'services: deploy', prefix: 'services.*.deploy' },
  { title: 'services: develop', prefix: 'services.*.develop' },
  { title: 'networks', prefix: 'networks.*' },
  { title: 'volumes', prefix: 'volumes.*' },
  { title: 'configs', prefix: 'configs.*' },
  { title: 'secrets', prefix: 'secrets.*' },
  { title: 'models', prefix: 'models.*' },
]

const TOP: Section = { title: 'Top level', prefix: '' }

function sectionOf(pattern: string): Section {
  return (
    SECTIONS.toSorted((a, b) => b.prefix.length - a.prefix.length).find(
      ({ prefix }) => prefix !== '' && (pattern === prefix || pattern.startsWith(`${prefix}.`)),
    ) ?? TOP
  )
}

const KEPT_WORDS: Readonly<Record<KeptReason, string>> = {
  cluster: 'kept, for clusters',
  hint: 'kept, a hint',
  obsolete: 'kept, obsolete',
  windows: 'kept, for Windows',
}

function stateOf(pattern: string): string {
  switch (supportOf(pattern)) {
    case 'runs':
      return `runs${limitOf(pattern)}`
    case 'partly':
      return 'runs in part, see below'
    case 'kept':
      return KEPT_WORDS[reasonOf(pattern)]
    case 'unsupported':
      return 'refused'
  }
}

function reasonOf(pattern: string): KeptReason {
  const listed = [...KEPT_KEYS].find(([path]) => pattern === path || pattern.startsWith(`${path}.`))
  return listed?.[1] ?? 'cluster'
}

/** Asks the check of a value what it expects, with a value that no check accepts. */
function limitOf(pattern: string): string {
  const span = { file: '', line: 1, column: 1, endLine: 1, endColumn: 1 }
  const limits = [pattern, `${pattern}[]`].flatMap(path => {
    const check = SUPPORTED_VALUES.get(path)
    const texts = ['\0', true, false].map(value => check?.({ kind: 'scalar', value, raw: '', span }))
    return texts.find(text => text !== undefined) ?? []
  })
  return limits.map(expected => `: only ${expected}`).join('')
}

function table(rows: readonly Row[]): string {
  const lines = rows.map(({ pattern, state, words }) => `| \`${pattern}\` | ${state} | ${words} |`)
  return ['| key | this version | meaning |', '| --- | --- | --- |', ...lines].join('\n')
}

function introduction(rows: readonly Row[]): string {
  const count = (word: string): number => rows.filter(({ state }) => state.startsWith(word)).length
  return `# Support for the Compose format

<!-- Written by scripts/build-support-page.ts from schemas/compose.schema.json and src/parser/supported. -->

The format has ${rows.length} keys. Each is read and checked, and none is ignored silently:

| state | keys | what happens |
| --- | --- | --- |
| runs | ${count('runs')} | it takes effect; "in part" if only some keys below it do |
| kept | ${count('kept')} | it has no effect on one machine: one warning names it, \`config\` shows it |
| refused | ${count('refused')} | it is valid, but this version does not support it: an error, or a warning with \`--allow-unsupported\` |

\`*\` is a name of your choice and \`[]\` an entry of a list. Keys that begin with \`x-\` are yours and allowed everywhere. If
only some values run, the others are refused in the same way.`
}

if (import.meta.main) {
  const page = join(projectRoot, PAGE)
  const text = await buildSupportPage()
  const current = await readFile(page, 'utf8').catch(() => '')
  if (!process.argv.includes('--check')) await writeFile(page, text)
  else if (current !== text) {
    process.stderr.write(`Cannot use ${PAGE}: it is stale; run scripts/node scripts/build-support-page.ts\n`)
    process.exitCode = 1
  }
}
