import type { Diagnostic } from '../../base/diagnostic.ts'
import {
  type Entry,
  itemsOf,
  type MapNode,
  type Node,
  scalarAt,
  stringOf,
  withEntry,
} from '../document/node.ts'
import { entriesAt, errorAt, valueAt } from '../rules/rule-context.ts'
import { parseDotenv } from './parse-dotenv.ts'
import { readVariableFile } from './read-variable-file.ts'
import type { ResolvedService, ServiceFileSources } from './service-file-sources.ts'

/** Folds the `label_file`s of a service into its `labels`, which win; of two files the later one does. */
export function resolveServiceLabels(service: MapNode, sources: ServiceFileSources): ResolvedService {
  const files = itemsOf(valueAt(service, 'label_file'))
  if (files.length === 0) return { service: withEntry(service, 'label_file', undefined), diagnostics: [] }
  const diagnostics: Diagnostic[] = []
  const merged = new Map<string, Entry>()
  for (const file of files) readLabels(file, { sources, merged, diagnostics })
  for (const [name, entry] of entriesAt(service, 'labels')) merged.set(name, entry)
  const at = valueAt(service, 'labels') ?? valueAt(service, 'label_file') ?? service
  const labels: MapNode = { kind: 'map', entries: merged, span: at.span }
  return { service: withEntry(withEntry(service, 'label_file', undefined), 'labels', labels), diagnostics }
}

interface LabelReading {
  readonly sources: ServiceFileSources
  readonly merged: Map<string, Entry>
  readonly diagnostics: Diagnostic[]
}

function readLabels(file: Node, { sources, merged, diagnostics }: LabelReading): void {
  const path = stringOf(file)
  if (path === undefined || path === '') return
  const lookup = (name: string) => sources.variables.get(name)
  const read = readVariableFile(path, { lookup, parse: parseDotenv }, sources)
  if (read.kind === 'unreadable') {
    const message = `Cannot read label file "${read.name}": ${read.reason}`
    diagnostics.push(errorAt(file, 'env-file', { message, hint: 'Create the file, or correct the path' }))
    return
  }
  diagnostics.push(...read.diagnostics)
  for (const [name, value] of read.value) {
    merged.set(name, { keySpan: read.places.get(name) ?? file.span, value: scalarAt(file, value) })
  }
}
