import { type AbsolutePath, parseAbsolutePath } from '../../base/absolute-path.ts'
import { type Bytes, parseBytes } from '../../base/bytes.ts'
import { type ModelPath, servicePath } from '../../base/model-path.ts'
import {
  type BindMount,
  type BindPropagation,
  type ImageMount,
  isMountKind,
  type Mount,
  type MountTypes,
  type TmpfsMount,
  type VolumeMount,
} from '../../model/mount.ts'
import { itemsOf, type MapNode } from '../document/node.ts'
import { IDMAP, MATCH_USER } from '../rules/owner-mapping.ts'
import { textAt } from '../rules/rule-context.ts'
import { bytesAt, flagAt, listAtKey, mapAtPath, textsByKey } from './read-values.ts'

/** Reads the mounts of the service `name`: `volumes` in order, then `tmpfs`. `matchesUser` is for every bind mount. */
export function readMounts(service: MapNode, name: string, matchesUser = false): readonly Mount[] {
  const volumes = itemsOf(service.entries.get('volumes')?.value)
  return [
    ...volumes.flatMap((item, index) =>
      item.kind === 'map' ? readMount(item, servicePath(name, 'volumes', index), matchesUser) : [],
    ),
    ...(listAtKey(service, 'tmpfs') ?? []).map((line, index) =>
      readTmpfsLine(line, servicePath(name, 'tmpfs', index)),
    ),
  ]
}

function readMount(map: MapNode, origin: ModelPath, matchesUser: boolean): readonly Mount[] {
  const type = textAt(map, 'type') ?? ''
  if (!isMountKind(type)) return []
  const target = parseAbsolutePath(textAt(map, 'target') ?? '/')
  const readOnly = flagAt(map, 'read_only') ?? false
  const isMatched = matchesUser || textAt(map, IDMAP) === MATCH_USER
  return [READERS[type](map, { target, readOnly, isMatched, origin })]
}

const READERS: { readonly [Kind in keyof MountTypes]: (map: MapNode, place: Place) => MountTypes[Kind] } = {
  bind: readBind,
  volume: readVolumeMount,
  tmpfs: readTmpfs,
  image: readImageMount,
}

interface Place {
  readonly target: AbsolutePath
  readonly readOnly: boolean
  readonly isMatched: boolean
  readonly origin: ModelPath
}

function readBind(map: MapNode, { target, readOnly, isMatched, origin }: Place): BindMount {
  const options = mapAtPath(map, ['bind'])
  return {
    kind: 'bind',
    source: parseAbsolutePath(textAt(map, 'source') ?? '/'),
    target,
    readOnly,
    createHostPath: flagAt(options, 'create_host_path') ?? true,
    propagation: propagationOf(textAt(options, 'propagation')),
    recursive: textAt(options, 'recursive') !== 'disabled',
    ...(isMatched && { matchesUser: true }),
    origin,
  }
}

function propagationOf(text: string | undefined): BindPropagation {
  switch (text) {
    case 'private':
    case 'rshared':
    case 'shared':
    case 'rslave':
    case 'slave':
      return text
    default:
      return 'rprivate'
  }
}

function readVolumeMount(map: MapNode, { target, readOnly, origin }: Place): VolumeMount {
  const options = mapAtPath(map, ['volume'])
  const source = textAt(map, 'source')
  const subpath = textAt(options, 'subpath')
  const labels = textsByKey(options, 'labels')
  return {
    kind: 'volume',
    volume: source === '' ? undefined : source,
    target,
    readOnly,
    nocopy: flagAt(options, 'nocopy') ?? false,
    subpath: subpath === '' ? undefined : subpath,
    ...(labels.size > 0 && { labels }),
    origin,
  }
}

/** An image is read-only, whatever the file says: nobody may change what others mount too. */
function readImageMount(map: MapNode, { target, origin }: Place): ImageMount {
  const subpath = textAt(mapAtPath(map, ['image']), 'subpath')
  return {
    kind: 'image',
    image: textAt(map, 'source') ?? '',
    target,
    subpath: subpath === '' ? undefined : subpath,
    origin,
  }
}

function readTmpfs(map: MapNode, { target, readOnly, origin }: Place): TmpfsMount {
  const options = mapAtPath(map, ['tmpfs'])
  const mode = textAt(options, 'mode')
  return {
    kind: 'tmpfs',
    target,
    size: bytesAt(options, 'size'),
    mode: mode === undefined ? undefined : Number.parseInt(mode, 8),
    options: readOnly ? ['ro'] : [],
    origin,
  }
}

/** Reads `path[:option,...]`; `size` and `mode` are told apart, the rest is handed on as written. */
function readTmpfsLine(line: string, origin: ModelPath): TmpfsMount {
  const colon = line.indexOf(':')
  const options = colon === -1 ? [] : line.slice(colon + 1).split(',')
  const sizes = options.flatMap(option => sizeOf(option) ?? [])
  const modes = options.flatMap(option => /^mode=0*([0-7]{1,4})$/.exec(option)?.[1] ?? [])
  const mode = modes.at(-1)
  return {
    kind: 'tmpfs',
    target: parseAbsolutePath(colon === -1 ? line : line.slice(0, colon)),
    size: sizes.at(-1),
    mode: mode === undefined ? undefined : Number.parseInt(mode, 8),
    options: options.filter(
      option => option !== '' && sizeOf(option) === undefined && !/^mode=0*[0-7]{1,4}$/.test(option),
    ),
    origin,
  }
}

function sizeOf(option: string): Bytes | undefined {
  const [, text] = /^size=(\d{1,12}[kmgt]?)$/i.exec(option) ?? []
  if (text === undefined) return undefined
  try {
    return parseBytes(text)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}
