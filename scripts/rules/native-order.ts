import { readdirSync, readFileSync } from 'node:fs'
import { join, parse } from 'node:path'
import { projectRoot } from '../project-root.ts'
import { findCycles } from './cycles.ts'
import type { Finding } from './source-file.ts'

/** A file of native/. */
export interface NativeSource {
  /** Relative to the checkout, with `/`. */
  readonly path: string
  readonly text: string
}

/** The parts of the keeper: each may use only those before it, and what is not listed. */
export const NATIVE_ORDER: readonly string[] = [
  ...['loop', 'stream', 'client'],
  ...['process', 'process_reap', 'process_report', 'process_launch', 'waits', 'attach'],
  ...['supervisor', 'closing', 'requests', 'keeper', 'main'],
]

/** Reads the C sources and headers of the keeper, sorted by path. */
export function readNativeSources(): readonly NativeSource[] {
  return readdirSync(join(projectRoot, 'native'))
    .filter(name => /\.[ch]$/.test(name))
    .sort()
    .map(name => ({
      path: `native/${name}`,
      text: readFileSync(join(projectRoot, 'native', name), 'utf8'),
    }))
}

/**
 * The keeper's modules follow `order` and do not include each other in a circle. A module is a source and the header of
 * the same name. The compiler refuses a function without a prototype, and a function is declared in its own module's
 * header only, so no call is hidden from this.
 */
export function checkNativeOrder(
  sources: readonly NativeSource[],
  order: readonly string[] = NATIVE_ORDER,
): readonly Finding[] {
  const graph = includeGraph(sources)
  return [
    ...findCycles(graph).map(cycle => finding(cycle[0] ?? '', `Include cycle: ${cycle.join(' -> ')}`)),
    ...order.filter(name => !graph.has(name)).map(name => finding(name, 'There is no such module')),
    ...order.flatMap(name => checkModule(name, graph, order)),
    ...checkDeclarations(sources),
  ]
}

/** The modules, each with those that it includes. */
function includeGraph(sources: readonly NativeSource[]): ReadonlyMap<string, readonly string[]> {
  const modules = new Set(sources.map(moduleOf))
  const included = (name: string): readonly string[] =>
    sources
      .filter(source => moduleOf(source) === name)
      .flatMap(({ text }) => [...text.matchAll(/^#include "([^"]+)\.h"/gm)].map(match => match[1] ?? ''))
      .filter(other => other !== name && modules.has(other))
  return new Map([...modules].map(name => [name, [...new Set(included(name))]]))
}

/** Finds each later module that one reaches, directly or through modules without a place in the order. */
function checkModule(
  name: string,
  graph: ReadonlyMap<string, readonly string[]>,
  order: readonly string[],
): readonly Finding[] {
  const later = order.slice(order.indexOf(name) + 1)
  const seen = new Set<string>()
  const findings: Finding[] = []
  const visit = (trail: readonly string[]): void => {
    for (const next of graph.get(trail.at(-1) ?? '') ?? []) {
      if (seen.has(next)) continue
      seen.add(next)
      if (later.includes(next))
        findings.push(finding(name, `The module uses a later one: ${[...trail, next].join(' -> ')}`))
      else if (!order.includes(next)) visit([...trail, next])
    }
  }
  visit([name])
  return findings
}

/** What a source defines for others is declared in the header of the same name. */
function checkDeclarations(sources: readonly NativeSource[]): readonly Finding[] {
  const headers = new Map(sources.map(({ path, text }) => [path, text]))
  return sources
    .filter(({ path }) => path.endsWith('.c'))
    .flatMap(source => {
      const header = headers.get(`native/${moduleOf(source)}.h`) ?? ''
      return [...source.text.matchAll(/^(?!static )[^\n]+\n(tc_\w+) \(/gm)]
        .map(match => match[1] ?? '')
        .filter(name => !new RegExp(`\\b${name} \\(`).test(header))
        .map(name => finding(moduleOf(source), `${name} is not declared in the header of the same name`))
    })
}

function moduleOf({ path }: NativeSource): string {
  return parse(path).name
}

function finding(module: string, message: string): Finding {
  return { severity: 'error', place: `native/${module}`, message }
}
