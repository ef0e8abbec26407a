import type { Finding, SourceFile } from './source-file.ts'

/** The layers of `src`, each with those it may import besides its own files. */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  model: ['base'],
  parser: ['base', 'model'],
  planner: ['base', 'model'],
  linux: ['base', 'model'],
  disk: ['base', 'linux'],
  archive: ['base', 'disk'],
  oci: ['base', 'model', 'archive'],
  store: ['base', 'model', 'linux', 'disk', 'archive', 'oci'],
  registry: ['base', 'model', 'disk', 'archive', 'oci', 'store'],
  runtime: ['base', 'model', 'linux', 'disk', 'oci'],
  engine: ['base', 'model', 'planner', 'linux', 'disk', 'archive', 'oci', 'store', 'registry', 'runtime'],
  app: ['base', 'model', 'parser', 'planner', 'registry', 'engine'],
  local: ['base', 'model', 'parser', 'disk', 'oci', 'registry', 'engine', 'app'],
  warm: ['base', 'linux'],
  cli: ['base', 'app', 'local', 'warm'],
}

/** Of some layers, what others may import of them: all else is theirs alone. */
const DOORS: readonly Door[] = [
  // What acts on a machine is behind an interface, so that a cluster can be behind it as well.
  { from: 'app', to: 'engine', files: ['src/engine/engine.ts'] },
  // The program joins the use cases and this machine in one place.
  { from: 'cli', to: 'local', files: ['src/local/local-context.ts'], importers: ['src/cli/main.ts'] },
]

interface Door {
  readonly from: string
  readonly to: string
  /** The files of `to` that `from` may import. */
  readonly files: readonly string[]
  /** The files of `from` that may do so. @default all */
  readonly importers?: readonly string[]
}

/** The folders of `src/engine/local`, in order: each may import those before it. Files beside them assemble the engine. */
export const LOCAL_ROOMS: readonly string[] = [
  'host',
  'attach',
  'state',
  'oci-runtime',
  'volume',
  'quota',
  'user-namespace',
  'network',
  'image',
  'mount',
  'device',
  'container',
  'observe',
  'log',
  'supervisor',
  'build',
  'apply',
  'exec',
  'access',
  'files',
  'doctor',
]

/** Layers that only compute: what they need from the world is passed in. */
export const PURE_LAYERS: readonly string[] = ['base', 'model', 'parser', 'planner']

/** Layers that read what they are given and open no file. */
const DISKLESS_LAYERS: readonly string[] = ['oci']

/** Layers that may import the data of `schemas`. */
const SCHEMA_READERS: readonly string[] = ['parser', 'runtime']

/** Returns the layer of a path such as `src/linux/libc.ts`; undefined outside `src`. */
export function layerOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1]
}

/** Imports must follow the arrows between the layers, and pure layers take nothing from Node. */
export function checkDirections(files: readonly SourceFile[]): readonly Finding[] {
  return files.flatMap(file => {
    const layer = layerOf(file.path)
    if (layer === undefined) return []
    const allowed = LAYERS[layer]
    if (allowed === undefined) {
      return [{ severity: 'error', place: file.path, message: `Folder "${layer}" is not a layer` } as const]
    }
    return file.imports.flatMap(({ specifier, target, line }): readonly Finding[] => {
      const place = `${file.path}:${line}`
      if (target === undefined) return checkPackage(layer, specifier, place)
      if (SCHEMA_READERS.includes(layer) && target.startsWith('schemas/')) return []
      const other = layerOf(target)
      if (other === layer) return []
      if (other !== undefined && allowed.includes(other)) return checkDoor(file.path, target, place)
      const wanted = [layer, ...allowed].join(', ')
      return [
        {
          severity: 'error',
          place,
          message: `Layer "${layer}" imports ${target}, expected one of ${wanted}`,
        },
      ]
    })
  })
}

/** Within `src/engine/local` imports must follow the order of the folders. */
export function checkRooms(files: readonly SourceFile[]): readonly Finding[] {
  return files.flatMap(({ path, imports }) => {
    const room = roomOf(path)
    if (room === undefined) return []
    if (!LOCAL_ROOMS.includes(room)) {
      return [
        {
          severity: 'error',
          place: path,
          message: `Folder "${room}" is not listed for src/engine/local`,
        } as const,
      ]
    }
    return imports.flatMap(({ target, line }): readonly Finding[] => {
      const isUpward = target !== undefined && isBehind(target, room)
      const message = `Folder "${room}" imports ${target}, expected a folder before it`
      return isUpward ? [{ severity: 'error', place: `${path}:${line}`, message }] : []
    })
  })
}

/** Returns `state` for `src/engine/local/state/layout.ts`; undefined for a path outside of such folders. */
function roomOf(path: string): string | undefined {
  return /^src\/engine\/local\/([^/]+)\//.exec(path)?.[1]
}

function isBehind(target: string, room: string): boolean {
  if (!target.startsWith('src/engine/local/')) return false
  const other = roomOf(target)
  return other === undefined || LOCAL_ROOMS.indexOf(other) > LOCAL_ROOMS.indexOf(room)
}

function checkDoor(path: string, target: string, place: string): readonly Finding[] {
  const door = DOORS.find(({ from, to }) => from === layerOf(path) && to === layerOf(target))
  if (door === undefined) return []
  const { files, importers = [path] } = door
  if (!importers.includes(path))
    return [{ severity: 'error', place, message: `Only ${importers.join(', ')} may import ${target}` }]
  if (files.includes(target)) return []
  return [
    {
      severity: 'error',
      place,
      message: `Layer "${door.from}" imports ${target}, expected ${files.join(', ')}`,
    },
  ]
}

function checkPackage(layer: string, specifier: string, place: string): readonly Finding[] {
  if (DISKLESS_LAYERS.includes(layer) && specifier.startsWith('node:fs')) {
    return [{ severity: 'error', place, message: `Layer "${layer}" opens no file and imports ${specifier}` }]
  }
  if (!PURE_LAYERS.includes(layer) || !specifier.startsWith('node:')) return []
  return [{ severity: 'error', place, message: `Layer "${layer}" is pure and imports ${specifier}` }]
}

/** Returns the arrows that the imports make between layers, each as `[from, to]`, sorted. */
export function layerArrows(
  files: readonly SourceFile[],
): ReadonlyArray<readonly [from: string, to: string]> {
  const arrows = new Set<string>()
  for (const { path, imports } of files) {
    for (const { target } of imports) {
      const [from, to] = [layerOf(path), target === undefined ? undefined : layerOf(target)]
      if (from !== undefined && to !== undefined && from !== to) arrows.add(`${from} ${to}`)
    }
  }
  return [...arrows].sort().map(arrow => {
    const [from = '', to = ''] = arrow.split(' ')
    return [from, to] as const
  })
}
