import type { Service } from '../model/service.ts'
import { SERVICE_ATTRIBUTES, type ServiceAttribute } from '../model/service.ts'
import { serviceFileLabel } from '../model/service-file.ts'
import { canonicalJson, compareText } from './canonical-json.ts'
import { changedAttachmentKeys } from './changed-network-keys.ts'
import { fixedFile, fixedParts } from './fixed-parts.ts'

/** Names what differs between two versions of a service, in the words of the Compose file, sorted. */
export function changedKeys(old: Service, next: Service): readonly string[] {
  const before = fixedParts(old)
  const after = fixedParts(next)
  const attributes = new Map<string, ServiceAttribute>(Object.entries(SERVICE_ATTRIBUTES))
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter(name => canonicalJson(before[name]) !== canonicalJson(after[name]))
    .flatMap(name => {
      if (name === 'files') return changedFiles(old, next)
      if (name === 'networkMode') return changedAttachmentKeys(old.networkMode, next.networkMode)
      return [attributes.get(name)?.key ?? name]
    })
    .sort(compareText)
}

/** Names the secrets and configs that differ, e.g. `secret "token"`. */
function changedFiles(old: Service, next: Service): readonly string[] {
  const before = filesByLabel(old)
  const after = filesByLabel(next)
  return [...new Set([...before.keys(), ...after.keys()])].filter(
    label => before.get(label) !== after.get(label),
  )
}

/** A service may have one secret at several places. */
function filesByLabel({ files = [] }: Service): ReadonlyMap<string, string> {
  const texts = new Map<string, string>()
  for (const file of files) {
    const label = serviceFileLabel(file)
    texts.set(label, `${texts.get(label) ?? ''}${canonicalJson(fixedFile(file))}`)
  }
  return texts
}
