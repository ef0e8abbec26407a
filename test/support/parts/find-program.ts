import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from './cache-folder.ts'
import { findLoader } from './library-closure.ts'
import { part } from './part.ts'
import type { PartName } from './part-definitions.ts'
import { runTool } from './run-tool.ts'

/** The command that starts a program, or why the machine cannot have it. */
export type FoundProgram =
  | { readonly kind: 'ready'; readonly command: readonly [program: string, ...args: string[]] }
  | { readonly kind: 'missing'; readonly reason: string }

/** Options of a test that asks for a program: the first one to ask waits for a download. */
export const MAY_DOWNLOAD = { timeout: 120_000 }

/**
 * Finds a program that checks what tcompose produces: the machine's own, or else that of Debian's package, unpacked in
 * `.cache` and run with the C library it came with.
 */
export async function findProgram(name: ProgramName): Promise<FoundProgram> {
  const program = await findWords(name)
  if (program.kind === 'missing' || name !== 'skopeo') return program
  return { kind: 'ready', command: [...skopeoEnvironment(), ...program.command, '--insecure-policy'] }
}

/** OCI runtimes. */
export type RuntimeName = 'runc' | 'crun' | 'runsc'

/** The programs that tests may request. */
export type ProgramName =
  | 'ip'
  | 'nft'
  | 'umoci'
  | 'skopeo'
  | 'setfattr'
  | 'docker-registry'
  | 'dig'
  | RuntimeName
  | 'mkfs.xfs'

async function findWords(name: ProgramName): Promise<FoundProgram> {
  const [own] = FOLDERS.map(folder => join('/', folder, name)).filter(isFile)
  if (own !== undefined) return { kind: 'ready', command: [own] }
  const found = await part(PACKAGES[name])
  if (found.kind === 'missing') return found
  const [program] = FOLDERS.map(folder => join(found.dir, folder, name)).filter(isFile)
  const loader = findLoader(found.dir)
  if (program !== undefined && isRuntime(name))
    return startsItself(
      program,
      name === 'crun' ? (loader?.folders ?? []).map(folder => join(found.dir, folder)) : [],
    )
  if (program === undefined || loader === undefined)
    return { kind: 'missing', reason: `package ${PACKAGES[name]} has no program ${name} for this processor` }
  const search = loader.folders.map(folder => join(found.dir, folder)).join(':')
  return { kind: 'ready', command: [join(found.dir, loader.path), '--library-path', search, program] }
}

function isRuntime(name: ProgramName): name is RuntimeName {
  return name === 'runc' || name === 'crun' || name === 'runsc'
}

/**
 * A runtime starts itself again from /proc/self/exe, which would be the loader of the part: it runs with that of the machine,
 * and with libraries of the part in `folders`.
 */
async function startsItself(program: string, folders: readonly string[]): Promise<FoundProgram> {
  const command: [string, ...string[]] =
    folders.length === 0 ? [program] : ['env', `LD_LIBRARY_PATH=${folders.join(':')}`, program]
  const [first, ...args] = command
  try {
    await runTool(first, [...args, '--version'])
    return { kind: 'ready', command }
  } catch (error) {
    return { kind: 'missing', reason: error instanceof Error ? error.message : String(error) }
  }
}

const PACKAGES: Readonly<Record<ProgramName, PartName>> = {
  ip: 'iproute2',
  nft: 'nftables',
  umoci: 'umoci',
  skopeo: 'skopeo',
  setfattr: 'attr',
  'docker-registry': 'docker-registry',
  dig: 'dig',
  runc: 'runc',
  'mkfs.xfs': 'xfsprogs',
  crun: 'crun',
  runsc: 'runsc',
}
const FOLDERS = ['usr/local/sbin', 'usr/local/bin', 'usr/sbin', 'usr/bin', 'sbin', 'bin']

/** A link of a package may lead out of the folder that it was unpacked in. */
function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

/** skopeo remembers the places of blobs in /var/lib if it is run by root, and in the user's data folder if it is not. */
function skopeoEnvironment(): readonly [program: string, ...args: string[]] {
  return ['env', '_CONTAINERS_ROOTLESS_UID=1', `XDG_DATA_HOME=${cacheFolder('data')}`]
}
