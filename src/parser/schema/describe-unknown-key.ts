import type { Diagnostic } from '../../base/diagnostic.ts'
import { suggestOneOf } from '../../base/did-you-mean.ts'
import { nearest } from '../../base/nearest.ts'
import { describePath } from '../document/describe-path.ts'
import { type Entry, entriesOf, nodeAt } from '../document/node.ts'
import type { Mismatch } from './mismatch.ts'
import { hasNamedValues, knownKeys, placeOfKey, rootPlace, type SchemaPlace } from './schema-node.ts'

const SECTIONS: ReadonlySet<string> = new Set(['networks', 'volumes', 'secrets', 'configs'])

/** Says what a key that the schema does not know may have been meant to be. */
export function describeUnknownKey(mismatch: Mismatch): readonly Diagnostic[] {
  const key = String(mismatch.error.params['additionalProperty'])
  const entry = entriesOf(mismatch.node).get(key)
  if (entry === undefined) return []
  if (hasNamedValues(mismatch.place)) return [badName(mismatch, key, entry)]
  const misplaced = sectionUnderServices(mismatch)
  if (misplaced !== undefined) return isFirstUnknown(mismatch, key) ? [misplaced] : []
  return [unknownKey(mismatch, key, entry)]
}

function unknownKey(mismatch: Mismatch, key: string, entry: Entry): Diagnostic {
  const { path, place } = mismatch
  const where = path.length === 0 ? 'at the top level' : `in ${describePath(path)}`
  const hint = placementHint(mismatch, key, entry) ?? suggestOneOf(key, knownKeys(place))
  return {
    severity: 'error',
    code: 'unknown-key',
    message: `Unknown key "${key}" ${where}`,
    span: entry.keySpan,
    ...(hint === undefined ? {} : { hint }),
  }
}

function badName({ path, place }: Mismatch, key: string, { keySpan }: Entry): Diagnostic {
  const ulimits = place.kind === 'ulimits'
  const expected = ulimits ? 'lower-case letters' : 'letters, digits, ".", "_" and "-"'
  return {
    severity: 'error',
    code: 'bad-value',
    message: `Cannot use name "${key}" in ${describePath(path)}: expected ${expected}`,
    span: keySpan,
  }
}

/** A top-level block that slipped below `services:` reads as a service called `networks`. */
function sectionUnderServices({ document, path }: Mismatch): Diagnostic | undefined {
  const [section, name, ...rest] = path
  if (section !== 'services' || rest.length > 0 || !SECTIONS.has(String(name))) return undefined
  const entry = entriesOf(nodeAt(document, ['services'])).get(String(name))
  if (entry === undefined) return undefined
  return {
    severity: 'error',
    code: 'unknown-key',
    message: `"${name}" is below "services", so it is read as a service`,
    span: entry.keySpan,
    hint: `Start "${name}:" in the first column to declare ${name}`,
  }
}

function isFirstUnknown({ node, place }: Mismatch, key: string): boolean {
  const unknown = [...entriesOf(node).keys()].filter(
    name => !name.startsWith('x-') && placeOfKey(place, name) === undefined,
  )
  return unknown[0] === key
}

function placementHint({ path, place, node }: Mismatch, key: string, entry: Entry): string | undefined {
  const service = servicePlace()
  if (path.length === 0) {
    if (nearest(key, knownKeys(place)).length > 0) return undefined
    if (looksLikeService(entry)) return `A service belongs below "services:"; indent "${key}" by two`
    return knownKeys(service).includes(key) ? `"${key}" belongs to a service; indent it below one` : undefined
  }
  if (path[0] !== 'services' || node.kind !== 'map') return undefined
  if (path.length === 3 && knownKeys(service).includes(key)) {
    return `"${key}" belongs to the service itself; move it out of "${path[2]}"`
  }
  return path.length === 2 ? blockHint(key) : undefined
}

/** Blocks of a service whose keys are often written one level too high. */
const BLOCKS: readonly (readonly string[])[] = [
  ['healthcheck'],
  ['deploy'],
  ['deploy', 'resources'],
  ['deploy', 'restart_policy'],
  ['build'],
]

function blockHint(key: string): string | undefined {
  const block = BLOCKS.find(steps => {
    const place = steps.reduce<SchemaPlace | undefined>(
      (at, step) => (at === undefined ? undefined : placeOfKey(at, step)),
      servicePlace(),
    )
    return place !== undefined && knownKeys(place).includes(key)
  })
  return block === undefined ? undefined : `"${key}" belongs below "${block.join('.')}"; indent it there`
}

function looksLikeService({ value }: Entry): boolean {
  const keys = entriesOf(value)
  return keys.has('image') || keys.has('build')
}

/** The schema of a service. */
export function servicePlace(): SchemaPlace {
  const services = placeOfKey(rootPlace(), 'services')
  const service = services === undefined ? undefined : placeOfKey(services, 'a')
  if (service === undefined) throw new Error('Cannot find the schema of a service')
  return service
}
