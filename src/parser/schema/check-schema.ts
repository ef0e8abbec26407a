import type { Diagnostic } from '../../base/diagnostic.ts'
import type { MapNode, Node } from '../document/node.ts'
import { plainValue } from '../document/plain-value.ts'
import validate, { type SchemaError } from '../generated/validate-compose.js'
import { hasItemKey } from '../merge/item-key.ts'
import { describeMismatch } from './describe-mismatch.ts'
import { describeRepeat } from './describe-repeat.ts'
import type { Mismatch } from './mismatch.ts'
import { isKeyValues, placeOfItems, placeOfKey, rootPlace, type SchemaPlace } from './schema-node.ts'

/** `structure` is all but required keys, which another file may still bring; `required` is only these. */
export type SchemaAspect = 'structure' | 'required'

/** Holds `document` against the schema, which takes short and long forms alike. */
export function checkSchema(document: MapNode, aspects: readonly SchemaAspect[]): readonly Diagnostic[] {
  if (validate(plainValue(document))) return []
  return (validate.errors ?? [])
    .filter(error => aspects.includes(aspectOf(error)))
    .flatMap(error => {
      const mismatch = locate(document, error)
      if (mismatch === undefined) return []
      return error.keyword === 'uniqueItems' && isUnited(mismatch)
        ? [describeRepeat(mismatch)]
        : describeMismatch(mismatch)
    })
}

/** Of two entries with one key the later one is kept, so that two that are equal do no harm. */
function isUnited({ place }: Mismatch): boolean {
  return isKeyValues(place.kind) || hasItemKey(`${place.pattern}[]`)
}

/** What a service extends is followed before files are laid over each other, so its keys are checked at once. */
function aspectOf({ keyword, instancePath }: SchemaError): SchemaAspect {
  return keyword === 'required' && !/^\/services\/[^/]+\/extends$/.test(instancePath)
    ? 'required'
    : 'structure'
}

function locate(document: MapNode, error: SchemaError): Mismatch | undefined {
  let node: Node = document
  let place: SchemaPlace | undefined = rootPlace()
  const path: (string | number)[] = []
  let keySpan = document.span
  for (const step of pointerSteps(error.instancePath)) {
    const next = stepInto(node, place, step)
    if (next === undefined) return undefined
    path.push(node.kind === 'list' ? Number(step) : step)
    node = next.node
    place = next.place
    keySpan = next.keySpan
  }
  return place === undefined ? undefined : { document, error, node, place, path, keySpan }
}

function stepInto(node: Node, place: SchemaPlace | undefined, step: string) {
  if (node.kind === 'list') {
    const item = node.items.filter(({ directive }) => directive !== 'reset')[Number(step)]
    if (item === undefined || place === undefined) return undefined
    return { node: item, place: placeOfItems(place), keySpan: item.span }
  }
  const entry = node.kind === 'map' ? node.entries.get(step) : undefined
  if (entry === undefined || place === undefined) return undefined
  return { node: entry.value, place: placeOfKey(place, step), keySpan: entry.keySpan }
}

function pointerSteps(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}
