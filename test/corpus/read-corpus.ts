import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MemoryProject } from '../support/memory-project.ts'

/** A diagnostic that a broken project must yield. */
export interface ExpectedDiagnostic {
  /** `file:line:column`. */
  readonly place: string
  readonly code: string
  /** The word that was meant, for slips of the pen. */
  readonly suggestion?: string
  /** Part of the hint. */
  readonly hint?: string
  /** `file:line:column` of the other place that explains it. */
  readonly related?: string
}

/** A folder with a Compose file that is wrong, and all that is to be said about it. */
export interface BrokenProject {
  readonly name: string
  readonly project: MemoryProject
  readonly diagnostics: readonly ExpectedDiagnostic[]
}

interface Expectation {
  readonly environment?: Readonly<Record<string, string>>
  readonly diagnostics: readonly ExpectedDiagnostic[]
}

const FOLDER = join(import.meta.dirname, 'broken')
const EXPECTATION = 'expected.json'

/** Reads every project of test/corpus/broken. */
export function readCorpus(): readonly BrokenProject[] {
  return readdirSync(FOLDER).toSorted().map(readBroken)
}

function readBroken(name: string): BrokenProject {
  const folder = join(FOLDER, name)
  const { environment = {}, diagnostics } = parseExpectation(readFileSync(join(folder, EXPECTATION), 'utf8'))
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name !== EXPECTATION)
    .map(entry => join(entry.parentPath, entry.name))
    .map(path => [path.slice(folder.length + 1), readFileSync(path, 'utf8')] as const)
  return { name, project: { files: Object.fromEntries(files), environment }, diagnostics }
}

function parseExpectation(text: string): Expectation {
  return JSON.parse(text)
}
