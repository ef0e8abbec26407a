import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import type { JsonObject } from '../../../src/base/json-reader.ts'
import { parseTextArchive } from './text-archive.ts'

/** A Dockerfile project, and what BuildKit makes of it. */
export interface BuildCase {
  readonly name: string
  /** What it shows, in a sentence. */
  readonly about: string
  readonly definition: CaseDefinition
  /** The context by path, the Dockerfile among it. */
  readonly files: ReadonlyMap<string, string>
  /** An `Outcome` as JSON. */
  readonly expected: JsonObject
}

/**
 * How a case is built. In the parts of the Compose file `$DIR` stands for the context's folder and `$URL` for the
 * address that serves `http`.
 */
export interface CaseDefinition {
  /** Further keys of `services.a.build`, whose context is the case's folder. */
  readonly build?: JsonObject
  /** Further keys of `services.a`. */
  readonly a?: JsonObject
  readonly services?: JsonObject
  readonly top?: JsonObject
  /** A shell script run in the context before the build, for what a text archive cannot hold. */
  readonly setup?: string
  readonly env?: Readonly<Record<string, string>>
  readonly flags?: readonly string[]
  /** A pattern that the output of a failed build fits, whatever the case of letters. */
  readonly match?: string
  /** The same for a build that succeeds. */
  readonly says?: string
  /** Files served over HTTP by name. */
  readonly http?: Readonly<Record<string, ServedFile>>
  /** Whether the count of HTTP requests belongs to the outcome. */
  readonly hits?: boolean
  /** Images that must exist besides that of the service. */
  readonly images?: readonly string[]
  /** Whether the service names no image. */
  readonly noImage?: boolean
  /** Whether the time of the image belongs to the outcome. */
  readonly created?: boolean
  /** Builds that follow in the same folder. */
  readonly changes?: readonly CaseChange[]
}

/** A text, bytes, or a gzipped archive of files given as name and content. */
export type ServedFile =
  | string
  | { readonly b64: string }
  | { readonly tar: ReadonlyArray<readonly [name: string, content: string]> }

/** What is different in a later build of a case: a script that changes the folder, keys of `build`. */
export interface CaseChange {
  readonly setup?: string
  readonly build?: JsonObject
  readonly env?: Readonly<Record<string, string>>
  readonly flags?: readonly string[]
}

const FIXTURES = resolve(import.meta.dirname, '../../fixtures/build')

/** Reads the cases of a folder of `test/fixtures/build`, by name. */
export function readBuildCases(folder: string): readonly BuildCase[] {
  const path = join(FIXTURES, folder)
  return readdirSync(path)
    .filter(file => file.endsWith('.txtar'))
    .sort()
    .map(file => parseBuildCase(basename(file, '.txtar'), readFileSync(join(path, file), 'utf8')))
}

function parseBuildCase(name: string, text: string): BuildCase {
  const { comment, files } = parseTextArchive(text)
  const definition: CaseDefinition = JSON.parse(files.get(DEFINITION) ?? '{}')
  const expected: JsonObject = JSON.parse(files.get(EXPECTED) ?? '{}')
  const context = new Map([...files].filter(([path]) => path !== DEFINITION && path !== EXPECTED))
  return { name, about: comment, definition, files: context, expected }
}

/** Sections of a case that are not part of its context. */
const DEFINITION = 'case.json'
const EXPECTED = 'expected.json'
