import { isObject, type JsonObject, parseJsonObject } from '../../../base/json-reader.ts'
import type { BuildStep } from '../../../planner/build/build-graph.ts'
import type { RememberedStep } from './build-memory.ts'

/** What a step is made from. */
export type StepMaking = Pick<RememberedStep, 'definition' | 'contents' | 'parent'>

/** A step that is not cached. */
export interface MissedStep {
  readonly step: BuildStep
  /** Of the last build; undefined if there was none, or the step was not in it. */
  readonly before: StepMaking | undefined
  readonly now: StepMaking
  /** Files of the contexts that are not as they were at the last build, of those that the step may read. */
  readonly changedFiles: readonly string[]
}

/** Files that a cause names; of more it gives their count. */
const NAMED_FILES = 2

/** Returns in a few words why a step is not cached, e.g. `src/app.js changed`. */
export function causeOf({ step, before, now, changedFiles }: MissedStep): string {
  if (before === undefined) return 'not built before'
  if (before.parent !== now.parent) return 'what it starts from changed'
  if (before.definition !== now.definition) return definitionCause(before.definition, now.definition)
  if (before.contents.join() !== now.contents.join()) return filesCause(step, changedFiles)
  return 'its result is not in the cache any more'
}

function definitionCause(before: string, now: string): string {
  const changed = changedVariables(environmentOf(before), environmentOf(now))
  if (changed.length === 0) return 'the instruction changed'
  return `${changed.length === 1 ? 'variable' : 'variables'} ${changed.join(', ')} changed`
}

function environmentOf(definition: string): ReadonlyMap<string, string> {
  const { environment } = documentOf(definition)
  const lines = Array.isArray(environment) ? environment : []
  return new Map(
    lines.filter(line => typeof line === 'string').map(line => [line.split('=', 1)[0] ?? '', line] as const),
  )
}

function documentOf(definition: string): JsonObject {
  const value = parseJsonObject(Buffer.from(definition), 'definition')
  return isObject(value) ? value : {}
}

function changedVariables(
  before: ReadonlyMap<string, string>,
  now: ReadonlyMap<string, string>,
): readonly string[] {
  const names = new Set([...before.keys(), ...now.keys()])
  return [...names].filter(name => before.get(name) !== now.get(name)).sort()
}

function filesCause({ operation }: BuildStep, changed: readonly string[]): string {
  const [first] = changed
  if (first === undefined)
    return operation.kind === 'copy' ? 'the files that it copies changed' : 'the files of its mounts changed'
  if (changed.length <= NAMED_FILES) return `${changed.join(' and ')} changed`
  return `${first} and ${changed.length - 1} other files changed`
}
