import type { Service } from '../model/service.ts'
import { SERVICE_ATTRIBUTES, type ServiceAttribute } from '../model/service.ts'
import { canonicalJson, compareText } from './canonical-json.ts'
import { fixedParts } from './fixed-parts.ts'

/** Names what differs between two versions of a service, in the words of the Compose file, sorted. */
export function changedKeys(old: Service, next: Service): readonly string[] {
  const before = fixedParts(old)
  const after = fixedParts(next)
  const attributes = new Map<string, ServiceAttribute>(Object.entries(SERVICE_ATTRIBUTES))
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter(name => canonicalJson(before[name]) !== canonicalJson(after[name]))
    .map(name => attributes.get(name)?.key ?? name)
    .sort(compareText)
}
