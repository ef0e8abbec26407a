import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  globSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { cacheFolder } from './cache-folder.ts'
import { findLoader, libraryClosure } from './library-closure.ts'
import { makeOnce } from './make-once.ts'
import { type Part, part } from './part.ts'
import { type Account, PARTS, type PartDefinition, type PartName } from './part-definitions.ts'
import { runTool } from './run-tool.ts'

/** A root folder to build: busybox, parts and files. */
export interface RootfsRequest {
  readonly parts: readonly PartName[]
  /** Additional files by absolute path. */
  readonly files?: Readonly<Record<string, RootfsFile>>
}

/** A file to write; the mode is 0o644 unless given. */
export interface RootfsFile {
  readonly content: string
  readonly mode?: number
}

/**
 * Makes a root folder with busybox, `parts` with their libraries and accounts, and `files`; kept in `.cache` under a
 * name made of the request. Tests read it and never write into it.
 */
export async function makeRootfs({ parts, files = {} }: RootfsRequest): Promise<Part> {
  const dirs = new Map<PartName, string>()
  for (const name of new Set<PartName>(['busybox', ...parts])) {
    const found = await part(name)
    if (found.kind === 'missing') return found
    dirs.set(name, found.dir)
  }
  const stamp = createHash('sha256')
    .update(JSON.stringify([[...dirs.values()], files, RECIPE]))
    .digest('hex')
    .slice(0, 8)
  const path = join(cacheFolder('rootfs'), `${['busybox', ...parts].at(-1)}-${stamp}`)
  const dir = await makeOnce(path, async folder => {
    chmodSync(folder, 0o755)
    await layBase(folder, dirs)
    for (const [name, partDir] of dirs) await layPart(folder, { dir: partDir, definition: PARTS[name] })
    for (const [file, content] of Object.entries(files)) writeFile(join(folder, file), content)
  })
  return { kind: 'ready', dir }
}

/** Part of each folder's name: raise it when the way roots are laid changes. */
const RECIPE = 1

const FOLDERS = [
  'bin',
  'dev',
  'etc',
  'home',
  'proc',
  'root',
  'run',
  'sbin',
  'srv',
  'sys',
  'tmp',
  'usr/bin',
  'usr/sbin',
  'var/tmp',
]
const BASE_ACCOUNTS: readonly Account[] = [
  { name: 'root', id: 0, home: '/root' },
  { name: 'app', id: 1000, home: '/home/app' },
  { name: 'nobody', id: 65534, home: '/nonexistent' },
]

async function layBase(root: string, dirs: ReadonlyMap<PartName, string>): Promise<void> {
  for (const folder of FOLDERS) mkdirSync(join(root, folder), { recursive: true })
  for (const folder of ['tmp', 'var/tmp']) chmodSync(join(root, folder), 0o1777)
  symlinkSync('../run', join(root, 'var/run'))
  const busybox = join(dirs.get('busybox') ?? '', 'bin/busybox')
  copyFileSync(busybox, join(root, 'bin/busybox'))
  const applets = (await runTool(busybox, ['--list'])).trim().split('\n')
  for (const applet of applets) {
    if (applet !== 'busybox') symlinkSync('busybox', join(root, 'bin', applet))
  }
  symlinkSync('../../bin/env', join(root, 'usr/bin/env'))
  const accounts = [...BASE_ACCOUNTS, ...[...dirs.keys()].flatMap(name => PARTS[name].accounts)]
  writeAccounts(root, accounts)
}

function writeAccounts(root: string, accounts: readonly Account[]): void {
  const lines = (format: (account: Account) => string): string => `${accounts.map(format).join('\n')}\n`
  writeFileSync(
    join(root, 'etc/passwd'),
    lines(({ name, id, home }) => `${name}:x:${id}:${id}::${home}:/bin/sh`),
  )
  writeFileSync(
    join(root, 'etc/group'),
    lines(({ name, id }) => `${name}:x:${id}:`),
  )
  writeFileSync(join(root, 'etc/nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files dns\n')
}

interface PartSource {
  readonly dir: string
  readonly definition: PartDefinition
}

async function layPart(root: string, { dir, definition }: PartSource): Promise<void> {
  const programs = globSync([...definition.programs], { cwd: dir }).filter(
    path => !definition.leaveOutFiles.test(path),
  )
  const closures = await Promise.all(programs.map(program => libraryClosure(dir, program)))
  for (const path of new Set([...programs, ...closures.flat()])) copy(dir, root, path)
  const loader = findLoader(dir)
  if (programs.length > 0 && loader !== undefined) {
    mkdirSync(dirname(join(root, loader.interpreter)), { recursive: true })
    copyFileSync(join(dir, loader.path), join(root, loader.interpreter))
  }
  for (const tree of definition.trees) copyTree({ dir, definition }, root, tree)
  for (const { path, owner, mode } of definition.folders) {
    mkdirSync(join(root, path), { recursive: true })
    chmodSync(join(root, path), mode)
    if (process.getuid?.() === 0) chownSync(join(root, path), owner, owner)
  }
}

function copy(dir: string, root: string, path: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  copyFileSync(join(dir, path), join(root, path))
}

function copyTree({ dir, definition }: PartSource, root: string, tree: string): void {
  cpSync(join(dir, tree), join(root, tree), {
    recursive: true,
    verbatimSymlinks: true,
    filter: source => !definition.leaveOutFiles.test(source.slice(dir.length + 1)),
  })
}

function writeFile(path: string, { content, mode = 0o644 }: RootfsFile): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  chmodSync(path, mode)
}

/** Returns the text of a file in `test/support/parts/files`. */
export function supportFile(name: string): string {
  return readFileSync(join(import.meta.dirname, 'files', name), 'utf8')
}
