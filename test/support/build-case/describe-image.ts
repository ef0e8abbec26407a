import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { isObject, type JsonObject } from '../../../src/base/json-reader.ts'
import { readArchivedFiles } from './archived-file.ts'
import { type BaseImage, diffIdOf } from './base-images.ts'
import { absolute, describeTree, type ImageTree, mergeLayers } from './image-tree.ts'

/** What is compared of an image. */
export interface ImageDescription {
  /** The base image whose layers it begins with, or `scratch`. */
  readonly from: string
  /** Its configuration without empty values, lists without an order sorted. */
  readonly config: JsonObject
  /** A letter for each entry that the build added: `L` made a layer, `e` did not. */
  readonly history: string
  /** Lines of `describeTree` for paths that are not as in the base image, null for those that are gone. */
  readonly tree: Readonly<Record<string, string | null>>
  readonly created: string
  /** Digests of the files named `/rnd*`, whose bytes differ whenever the step that makes them runs. */
  readonly random: ReadonlyMap<string, string>
  readonly diffIds: readonly string[]
}

/** Describes the image of a `docker save` archive. @throws {Error} If a layer is not that of its diffID. */
export function describeImage(path: string, bases: readonly BaseImage[]): ImageDescription {
  const { document, layers } = readArchive(path)
  const diffIds = layers.map(diffIdOf)
  if (`${diffIds}` !== `${document.rootfs.diff_ids ?? []}`)
    throw new Error(`${path}: layers are not their diffIDs`)
  const base = closestBase(bases, diffIds)
  const tree = mergeLayers(layers)
  return {
    from: base?.name ?? 'scratch',
    config: describeConfig(document),
    history: describeHistory(document, base?.layers.length ?? 0),
    tree: differences(describeTree(tree), describeTree(mergeLayers(base?.layers ?? []))),
    created: document.created,
    random: randomFiles(tree),
    diffIds,
  }
}

/** The base with the most layers of those that the image begins with. */
function closestBase(bases: readonly BaseImage[], diffIds: readonly string[]): BaseImage | undefined {
  return bases
    .toSorted((a, b) => b.layers.length - a.layers.length)
    .find(({ layers }) => layers.every((layer, index) => diffIdOf(layer) === diffIds[index]))
}

/** The part that is read of an image's configuration. */
interface ImageDocument {
  readonly created: string
  readonly author?: string
  readonly config?: JsonObject
  readonly rootfs: { readonly diff_ids?: readonly string[] }
  readonly history?: ReadonlyArray<{ readonly empty_layer?: boolean }>
}

function readArchive(path: string): { readonly document: ImageDocument; readonly layers: readonly Buffer[] } {
  const files = new Map(readArchivedFiles(readFileSync(path)).map(file => [absolute(file.name), file]))
  const contentOf = (name: string): Buffer => {
    const file = files.get(absolute(name))
    if (file === undefined) throw new Error(`${path}: there is no ${name}`)
    return file.type === '2' ? contentOf(posix.join(posix.dirname(file.name), file.link)) : file.content
  }
  const manifests: readonly { readonly Config: string; readonly Layers?: readonly string[] }[] = JSON.parse(
    contentOf('manifest.json').toString(),
  )
  const [manifest] = manifests
  if (manifest === undefined) throw new Error(`${path}: it holds no image`)
  return {
    document: JSON.parse(contentOf(manifest.Config).toString()),
    layers: (manifest.Layers ?? []).map(name => unpacked(contentOf(name))),
  }
}

function unpacked(layer: Buffer): Buffer {
  return layer.readUInt16BE(0) === 0x1f8b ? gunzipSync(layer) : layer
}

const KEYS = [
  'Env',
  'Cmd',
  'Entrypoint',
  'WorkingDir',
  'User',
  'ExposedPorts',
  'Volumes',
  'Labels',
  'OnBuild',
  'Healthcheck',
  'StopSignal',
  'Shell',
]

function describeConfig({ config = {}, author }: ImageDocument): JsonObject {
  const described = KEYS.map(key => [key, describeSetting(key, config[key])] as const)
  return Object.fromEntries([...described, ['author', author]].filter(([, value]) => !isEmpty(value)))
}

function describeSetting(key: string, value: unknown): unknown {
  if (key === 'WorkingDir' && value === '/') return undefined
  if (key === 'Env' && Array.isArray(value)) return value.toSorted()
  if (!isObject(value)) return value
  if (key === 'ExposedPorts' || key === 'Volumes') return Object.keys(value).sort()
  return Object.fromEntries(
    Object.entries(value).filter(
      ([name, item]) => !name.startsWith('com.docker.compose.') && (key === 'Labels' || !isEmpty(item)),
    ),
  )
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0) return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

function describeHistory({ history = [] }: ImageDocument, inherited: number): string {
  return history
    .slice(inherited)
    .map(({ empty_layer: isEmptyLayer }) => (isEmptyLayer === true ? 'e' : 'L'))
    .join('')
}

function differences(
  tree: ReadonlyMap<string, string>,
  base: ReadonlyMap<string, string>,
): Readonly<Record<string, string | null>> {
  const changed = [...tree].filter(([path, line]) => base.get(path) !== line)
  const gone = [...base.keys()].filter(path => !tree.has(path))
  return Object.fromEntries([...changed, ...gone.map(path => [path, null] as const)])
}

function randomFiles(tree: ImageTree): ReadonlyMap<string, string> {
  const files = [...tree].filter(([path]) => path.startsWith('/rnd'))
  return new Map(files.map(([path, { content }]) => [path, diffIdOf(content)]))
}
