import { type AbsolutePath, parseAbsolutePath } from '../../base/absolute-path.ts'
import { parseMillis } from '../../base/millis.ts'
import { servicePath } from '../../base/model-path.ts'
import type { SourceSpan } from '../../base/source-span.ts'
import type { ServiceFile, ServiceFileSource } from '../../model/service-file.ts'
import { type Entry, entriesOf, itemsOf, type MapNode, nodeAt } from '../document/node.ts'
import { numberAt, textAt, valueAt } from '../rules/rule-context.ts'
import { EXTENSION } from './extension.ts'
import { includedValue } from './included-value.ts'
import { textsOf } from './read-values.ts'

/** The secrets and configs that a project declares. */
export interface DeclaredFiles {
  readonly secrets: ReadonlyMap<string, Entry>
  readonly configs: ReadonlyMap<string, Entry>
  /** What those of included projects hold, by the very span object of `environment`. */
  readonly contents: ReadonlyMap<SourceSpan, string>
}

interface Section {
  readonly key: 'secrets' | 'configs'
  readonly kind: ServiceFile['kind']
}

/** The sections of a service that grant files, and what each grants. */
export const FILE_SECTIONS: readonly Section[] = [
  { key: 'secrets', kind: 'secret' },
  { key: 'configs', kind: 'config' },
]

/** The permission bits of a file that says nothing of them: whoever may look, may read. */
const MODE = 0o444

/** Reads the secrets and configs of the service `name`; undefined if it has none. */
export function readServiceFiles(
  service: MapNode,
  name: string,
  declared: DeclaredFiles,
): readonly ServiceFile[] | undefined {
  const files = FILE_SECTIONS.flatMap(section => readSection(service, name, { section, declared }))
  return files.length === 0 ? undefined : files
}

function readSection(
  service: MapNode,
  name: string,
  { section, declared }: { readonly section: Section; readonly declared: DeclaredFiles },
): readonly ServiceFile[] {
  return itemsOf(valueAt(service, section.key)).flatMap((grant, index) => {
    if (grant.kind !== 'map') return []
    const key = textAt(grant, 'source') ?? ''
    const source = fileSource(declared[section.key].get(key), declared.contents)
    if (source === undefined) return []
    const mode = textAt(grant, 'mode')
    return [
      {
        kind: section.kind,
        key,
        target: fileTarget(section.kind, textAt(grant, 'target') ?? key),
        uid: numberAt(grant, 'uid') ?? 0,
        gid: numberAt(grant, 'gid') ?? 0,
        mode: mode === undefined ? MODE : Number.parseInt(mode, 8),
        source,
        origin: servicePath(name, section.key, index),
      },
    ]
  })
}

/** Returns where a file goes: a relative target of a secret is below /run/secrets, one of a config below the root. */
export function fileTarget(kind: ServiceFile['kind'], target: string): AbsolutePath {
  if (target.startsWith('/')) return parseAbsolutePath(target)
  return parseAbsolutePath(`${kind === 'secret' ? '/run/secrets' : ''}/${target}`)
}

function fileSource(
  declared: Entry | undefined,
  contents: DeclaredFiles['contents'],
): ServiceFileSource | undefined {
  const map = declared?.value
  if (map?.kind !== 'map') return undefined
  const entries = entriesOf(map)
  const external = entries.get('external')?.value
  if (external?.kind === 'scalar' && external.value === true) {
    return { kind: 'external', name: textAt(map, 'name') ?? '' }
  }
  const argv = textsOf(nodeAt(map, [EXTENSION, 'command']))
  if (argv.length > 0) {
    const timeout = nodeAt(map, [EXTENSION, 'timeout'])
    const text = timeout?.kind === 'scalar' ? String(timeout.value) : undefined
    return { kind: 'command', argv, timeout: text === undefined ? undefined : parseMillis(text) }
  }
  const path = textAt(map, 'file')
  if (path?.startsWith('/')) return { kind: 'file', path: parseAbsolutePath(path) }
  const variable = textAt(map, 'environment')
  const known = includedValue(map, contents)
  if (variable !== undefined && known === undefined) return { kind: 'environment', variable }
  const content = known ?? textAt(map, 'content')
  return content === undefined ? undefined : { kind: 'inline', content }
}
