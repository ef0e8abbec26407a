import type { DocumentPath } from '../document/describe-path.ts'
import type { Node } from '../document/node.ts'

/**
 * Reads a path as people write it, `services.web.ports[0].target` or `services.web.ports.0`, against `document`: a key
 * may hold dots itself. Undefined if nothing is there.
 */
export function findPath(document: Node, text: string): DocumentPath | undefined {
  if (text === '') return []
  if (document.kind === 'list') {
    const [whole, bracketed, plain] = /^(?:\[(\d+)\]|(\d+))(?=$|[.[])/.exec(text) ?? []
    const index = Number(bracketed ?? plain)
    const item = document.items[index]
    return whole === undefined || item === undefined
      ? undefined
      : below(item, index, text.slice(whole.length))
  }
  if (document.kind === 'scalar') return undefined
  // The longest key first: of "a" and "a.b" the latter is meant by "a.b".
  const keys = [...document.entries.keys()].filter(key => startsWithKey(text, key))
  for (const key of keys.toSorted((a, b) => b.length - a.length)) {
    const value = document.entries.get(key)?.value
    const path = value === undefined ? undefined : below(value, key, text.slice(key.length))
    if (path !== undefined) return path
  }
  return undefined
}

function below(node: Node, step: string | number, rest: string): DocumentPath | undefined {
  const path = findPath(node, rest.startsWith('.') ? rest.slice(1) : rest)
  return path === undefined ? undefined : [step, ...path]
}

function startsWithKey(text: string, key: string): boolean {
  return text.startsWith(key) && (text.length === key.length || /[.[]/.test(text.charAt(key.length)))
}
