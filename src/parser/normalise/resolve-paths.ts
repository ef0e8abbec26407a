import type { AbsolutePath } from '../../base/absolute-path.ts'
import { joinLocalImage, splitLocalImage } from '../../model/local-image.ts'
import { type MapNode, type Node, scalarAt, stringOf, withEntry } from '../document/node.ts'
import { resolvePath } from '../locate/resolve-path.ts'
import { mapEach, mapItems, update } from './update.ts'

/** The folder that relative paths start from, and the one that `~` means. */
export interface PathBase {
  readonly folder: AbsolutePath
  readonly home: string | undefined
}

/** Makes the paths of `document`, in canonical form, absolute. */
export function resolvePaths(document: MapNode, base: PathBase): MapNode {
  const services = update(document, 'services', section =>
    mapEach(section, service => servicePaths(service, base)),
  )
  const withSecrets = update(services, 'secrets', section =>
    mapEach(section, secret => filePath(secret, base)),
  )
  const withConfigs = update(withSecrets, 'configs', section =>
    mapEach(section, config => filePath(config, base)),
  )
  return update(withConfigs, 'volumes', section => mapEach(section, volume => volumeDevice(volume, base)))
}

function servicePaths(service: MapNode, base: PathBase): MapNode {
  let result = update(service, 'volumes', mounts => mapItems(mounts, mount => mountSource(mount, base)))
  result = update(result, 'env_file', files =>
    mapItems(files, file => update(file, 'path', path => absolute(path, base))),
  )
  result = update(result, 'label_file', files => eachText(files, path => absolute(path, base)))
  result = update(result, 'build', build => inMap(build, map => buildPaths(map, base)))
  result = update(result, 'develop', develop =>
    inMap(develop, map =>
      update(map, 'watch', rules =>
        mapItems(rules, rule => update(rule, 'path', path => absolute(path, base))),
      ),
    ),
  )
  result = update(result, 'image', image => localImage(image, base))
  result = update(result, 'pre_start', hooks =>
    mapItems(hooks, hook => update(hook, 'image', image => localImage(image, base))),
  )
  return result
}

function filePath(file: MapNode, base: PathBase): MapNode {
  return update(file, 'file', path => absolute(path, base))
}

function mountSource(mount: MapNode, base: PathBase): MapNode {
  const type = stringOf(mount.entries.get('type')?.value)
  if (type === 'image') return update(mount, 'source', source => localImage(source, base))
  if (type !== 'bind') return mount
  // An absolute source is shown as it was written, with the slash at its end.
  return update(mount, 'source', source =>
    stringOf(source)?.startsWith('/') ? source : absolute(source, base),
  )
}

function buildPaths(build: MapNode, base: PathBase): MapNode {
  let result = update(build, 'context', path => buildContext(path, base))
  result = update(result, 'additional_contexts', contexts =>
    eachValue(contexts, path => buildContext(path, base)),
  )
  return update(result, 'ssh', keys => eachText(keys, key => sshKey(key, base)))
}

/** `NAME=PATH`; a name alone is the user's agent. */
function sshKey(key: Node, base: PathBase): Node {
  const [, name, path = ''] = /^([^=]*)=(.+)$/s.exec(stringOf(key) ?? '') ?? []
  return name === undefined ? key : scalarAt(key, `${name}=${resolvePath(base.folder, path, base.home)}`)
}

/** A local volume with the option `bind` is a folder of the host. */
function volumeDevice(volume: MapNode, base: PathBase): MapNode {
  const driver = stringOf(volume.entries.get('driver')?.value) ?? 'local'
  const options = volume.entries.get('driver_opts')?.value
  if (driver !== 'local' || options?.kind !== 'map') return volume
  const isBind = (stringOf(options.entries.get('o')?.value) ?? '').split(',').includes('bind')
  if (!isBind) return volume
  return withEntry(
    volume,
    'driver_opts',
    update(options, 'device', path => absolute(path, base)),
  )
}

function buildContext(path: Node, base: PathBase): Node {
  const text = stringOf(path)
  if (text === undefined) return path
  const [, layout] = /^oci-layout:\/\/(.+)$/s.exec(text) ?? []
  if (layout !== undefined)
    return scalarAt(path, `oci-layout://${resolvePath(base.folder, layout, base.home)}`)
  return isAddress(text) ? path : absolute(path, base)
}

/** Tells whether a context of a build is no folder, whatever it is. */
export function isAddress(context: string): boolean {
  return /:\/\/|^service:|^github\.com\/|^git@/.test(context) || WINDOWS_DRIVE.test(context)
}

const WINDOWS_DRIVE = /^[A-Za-z]:[\\/]/

function absolute(node: Node, base: PathBase): Node {
  const text = stringOf(node)
  return text === undefined || text.trim() === '' || WINDOWS_DRIVE.test(text)
    ? node
    : scalarAt(node, resolvePath(base.folder, text, base.home))
}

function localImage(node: Node, base: PathBase): Node {
  const parts = splitLocalImage(stringOf(node) ?? '')
  if (parts === undefined || (parts.path === '' && parts.tag === '')) return node
  const path = resolvePath(base.folder, parts.path, base.home)
  return scalarAt(node, joinLocalImage({ ...parts, path }))
}

function eachValue(node: Node, change: (value: Node) => Node): Node {
  if (node.kind !== 'map') return node
  const entries = [...node.entries].map(
    ([key, { keySpan, value }]) => [key, { keySpan, value: change(value) }] as const,
  )
  return { ...node, entries: new Map(entries) }
}

function eachText(node: Node, change: (item: Node) => Node): Node {
  return node.kind === 'list' ? { ...node, items: node.items.map(change) } : node
}

function inMap(node: Node, change: (map: MapNode) => MapNode): Node {
  return node.kind === 'map' ? change(node) : node
}
