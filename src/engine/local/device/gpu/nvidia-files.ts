import { closeSync, openSync } from 'node:fs'
import { posix } from 'node:path'
import { readElfLibrary } from '../libraries/elf-library.ts'
import { readLdCache } from '../libraries/ld-cache.ts'
import type { SystemRoot } from './system-root.ts'

/** What of a driver containers get: paths that are the same in them. */
export interface NvidiaFiles {
  /** The folder of the libraries. */
  readonly folder: string
  /** Files and where containers have them besides: under the names that programs ask for. */
  readonly libraries: readonly { readonly path: string; readonly names: readonly string[] }[]
  /** Programs, firmware and settings. */
  readonly others: readonly string[]
  readonly sockets: readonly string[]
}

/** Where distributions put libraries for 64 bits, besides what ld.so knows. */
const FOLDERS: readonly string[] = [
  ...['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'],
  ...['/usr/lib/x86_64-linux-gnu/nvidia/current', '/usr/lib/aarch64-linux-gnu/nvidia/current'],
  ...['/lib/x86_64-linux-gnu', '/lib/aarch64-linux-gnu', '/lib64', '/usr/local/lib', '/opt/lib'],
  '/run/opengl-driver/lib',
]

const PROGRAM_FOLDERS: readonly string[] = ['/usr/bin', '/usr/sbin', '/bin', '/usr/local/bin', '/opt/bin']
const PROGRAMS: readonly string[] = [
  ...['nvidia-smi', 'nvidia-debugdump', 'nvidia-persistenced'],
  ...['nvidia-cuda-mps-control', 'nvidia-cuda-mps-server'],
]

/** For graphics and ray tracing. */
const SETTINGS: readonly string[] = [
  ...['/usr/share/vulkan/icd.d/nvidia_icd.json', '/etc/vulkan/icd.d/nvidia_icd.json'],
  '/usr/share/vulkan/implicit_layer.d/nvidia_layers.json',
  ...['/usr/share/glvnd/egl_vendor.d/10_nvidia.json', '/etc/OpenCL/vendors/nvidia.icd'],
  '/usr/share/nvidia/nvoptix.bin',
]

const SOCKETS: readonly string[] = ['/run/nvidia-persistenced/socket', '/run/nvidia-fabricmanager/socket']

/** Libraries whose development name has no version. */
const UNVERSIONED: ReadonlyMap<string, string> = new Map([['libcuda.so.1', 'libcuda.so']])

/** Returns the folder that has `libcuda.so` of `version`; undefined where none has. */
export function libraryFolder(root: SystemRoot, version: string): string | undefined {
  return searched(root).find(folder => root.isFile(`${folder}/libcuda.so.${version}`))
}

/** Returns the versions of `libcuda.so` that there are. */
export function libraryVersions(root: SystemRoot): readonly string[] {
  const names = searched(root).flatMap(folder => root.names(folder))
  return [...new Set(names.flatMap(name => /^libcuda\.so\.(\d+\.\d[\d.]*)$/.exec(name)?.[1] ?? []))].sort()
}

/** Returns the files of the driver `version`, whose libraries are in `folder`. */
export function nvidiaFiles(root: SystemRoot, version: string, folder: string): NvidiaFiles {
  const inFolders = [folder, `${folder}/vdpau`].flatMap(at => root.names(at).map(name => `${at}/${name}`))
  const firmware = ['/lib/firmware', '/usr/lib/firmware']
    .map(at => `${at}/nvidia/${version}`)
    .flatMap(at => root.names(at).map(name => `${at}/${name}`))
    .filter(path => /^gsp.*\.bin$/.test(posix.basename(path)))
  const programs = PROGRAMS.flatMap(
    name => PROGRAM_FOLDERS.map(at => `${at}/${name}`).find(path => root.isFile(path)) ?? [],
  )
  return {
    folder,
    libraries: inFolders
      .filter(path => path.endsWith(`.so.${version}`) && root.isPlainFile(path))
      .map(path => ({ path, names: otherNames(root, path) })),
    others: [...programs, ...uniqueFiles(root, firmware), ...SETTINGS.filter(path => root.isFile(path))],
    sockets: SOCKETS.filter(path => root.has(path)),
  }
}

function searched(root: SystemRoot): readonly string[] {
  const cache = readLdCache(root.readBytes('/etc/ld.so.cache') ?? Buffer.alloc(0))
  const known = (cache?.entries ?? [])
    .filter(({ name }) => name.startsWith('libcuda.so'))
    .map(({ path }) => posix.dirname(path))
  return [...new Set([...known, ...FOLDERS])].flatMap(folder =>
    root.has(folder) ? [root.realPath(folder)] : [],
  )
}

/** /lib is mostly a link to /usr/lib. */
function uniqueFiles(root: SystemRoot, paths: readonly string[]): readonly string[] {
  return [...new Map(paths.map(path => [root.realPath(path), path])).values()]
}

function otherNames(root: SystemRoot, path: string): readonly string[] {
  const fd = openSync(root.at(path), 'r')
  try {
    const soname = readElfLibrary(fd)?.soname
    if (soname === undefined || soname.includes('/') || soname === posix.basename(path)) return []
    const names = [soname, ...[UNVERSIONED.get(soname)].flatMap(name => name ?? [])]
    return names.map(name => posix.join(posix.dirname(path), name))
  } finally {
    closeSync(fd)
  }
}
