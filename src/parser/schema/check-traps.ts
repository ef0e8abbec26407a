import type { Diagnostic } from '../../base/diagnostic.ts'
import { type DocumentPath, describePath } from '../document/describe-path.ts'
import type { MapNode, Node, ScalarNode } from '../document/node.ts'
import { placeOfItems, placeOfKey, rootPlace, type SchemaPlace } from './schema-node.ts'

/**
 * Warns about values that are read here as they were meant, but as something else by readers of YAML 1.1: numbers
 * to the base 60 and truth values other than `true` and `false`.
 */
export function checkTraps(document: MapNode): readonly Diagnostic[] {
  const found: Diagnostic[] = []
  visitMap(document, { place: rootPlace(), path: [] })
  return found

  function visitMap(map: MapNode, at: TrapPlace): void {
    for (const [key, { value }] of map.entries) {
      const place = placeOfKey(at.place, key)
      if (place !== undefined) visit(value, { place, path: [...at.path, key] })
    }
  }

  function visit(node: Node, at: TrapPlace): void {
    if (node.kind === 'scalar') found.push(...trapsOf(node, at))
    else if (node.kind === 'map') visitMap(node, at)
    else {
      const place = placeOfItems(at.place)
      if (place === undefined) return
      for (const [index, item] of node.items.entries()) visit(item, { place, path: [...at.path, index] })
    }
  }
}

interface TrapPlace {
  readonly place: SchemaPlace
  readonly path: DocumentPath
}

const PORT = 'services.*.ports[]'
/** What YAML 1.1 reads as a number to the base 60: minutes and seconds below 60. */
const BASE_60 = /^[1-9]\d*(?::[0-5]?\d)+$/
const OLD_TRUE = /^(?:y|yes|on)$/i
const OLD_FALSE = /^(?:n|no|off)$/i

/** `raw` is the text in the file: quoted, it is no trap. */
function trapsOf(node: ScalarNode, { place, path }: TrapPlace): readonly Diagnostic[] {
  const { raw } = node
  if (place.pattern === PORT && BASE_60.test(raw)) {
    const message = `Port ${raw} without quotes is read as the number ${base60(raw)} by YAML 1.1`
    return [warning(node, message, `Write it in quotes: "${raw}"`)]
  }
  if (place.kind !== 'bool' && place.kind !== 'external') return []
  if (!OLD_TRUE.test(raw) && !OLD_FALSE.test(raw)) return []
  const meant = OLD_TRUE.test(raw)
  const message = `"${raw}" in ${describePath(path)} is text in YAML 1.2, but is read as ${meant} here`
  return [warning(node, message, `Write ${meant}`)]
}

function base60(text: string): number {
  return text.split(':').reduce((sum, digits) => sum * 60 + Number(digits), 0)
}

function warning(node: ScalarNode, message: string, hint: string): Diagnostic {
  return { severity: 'warning', code: 'yaml-trap', message, span: node.span, hint }
}
