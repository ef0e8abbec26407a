import { chmodSync, chownSync, linkSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseAbsolutePath } from '../../src/base/absolute-path.ts'
import { displayPath, nativePath } from '../../src/disk/byte-path.ts'
import type { BuildLayer } from '../../src/engine/local/build/build-layer.ts'
import { digestSources, type SourceAccess } from '../../src/engine/local/build/files/digest-sources.ts'
import { findIgnoreFile } from '../../src/engine/local/build/files/find-ignore-file.ts'
import { type FolderContext, openFolderContext } from '../../src/engine/local/build/files/folder-context.ts'
import { openLayersTree } from '../../src/engine/local/build/files/layers-tree.ts'
import { makeCopyLayer } from '../../src/engine/local/build/files/make-copy-layer.ts'
import { makeWorkdirLayer } from '../../src/engine/local/build/files/make-workdir-layer.ts'
import type { RemoteSources } from '../../src/engine/local/build/files/remote-sources.ts'
import type { SourceEntry, SourceTree } from '../../src/engine/local/build/files/source-tree.ts'
import type { CopyOperation, CopySource, TreeRef } from '../../src/planner/build/build-graph.ts'
import { diskLayer } from './disk-layer.ts'
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts'

/** What is at a path: text is a file of 644, a mode alone a folder. Owners are root's unless they are named. */
export type Thing =
  | string
  | { readonly link: string }
  | { readonly hardLink: string }
  | {
      readonly text?: string
      readonly mode?: number
      readonly uid?: number
      readonly gid?: number
    }

export type Things = Readonly<Record<string, Thing>>

/** Makes `things` below `root`, in order, with the folders on the way to them. */
export function writeThings(root: string, things: Things): void {
  for (const [path, thing] of Object.entries(things)) writeThing(root, path, thing)
}

function writeThing(root: string, name: string, thing: Thing): void {
  const path = join(root, name)
  mkdirSync(dirname(path), { recursive: true })
  if (typeof thing === 'string') writeFileSync(path, thing, { mode: 0o644 })
  else if ('link' in thing) symlinkSync(thing.link, path)
  else if ('hardLink' in thing) linkSync(join(root, thing.hardLink), path)
  else {
    const { text, mode, uid = 0, gid = 0 } = thing
    if (text === undefined) mkdirSync(path, { recursive: true })
    else writeFileSync(path, text)
    chownSync(path, uid, gid)
    chmodSync(path, mode ?? (text === undefined ? 0o755 : 0o644))
  }
}

/** Where sources of tests are in the Dockerfile. */
export const SPAN = { file: 'Dockerfile', line: 3, column: 6, endLine: 3, endColumn: 9 }

/** Returns COPY or ADD of `words` from the context, e.g. `--chown=1 a b /dest/`. Flags come first. */
export function copyOperation(words: string, extra: Partial<CopyOperation> = {}): CopyOperation {
  const all = words.split(' ')
  const flags = all.filter(word => word.startsWith('--'))
  const paths = all.filter(word => !word.startsWith('--'))
  const flagValue = (name: string) =>
    flags.find(flag => flag === `--${name}` || flag.startsWith(`--${name}=`))?.slice(name.length + 3)
  const from: TreeRef = { kind: 'context', name: flagValue('from') ?? '' }
  return {
    kind: 'copy',
    sources: paths.slice(0, -1).map((path): CopySource => ({ kind: 'tree', from, path, span: SPAN })),
    destination: paths.at(-1) ?? '/',
    chown: flagValue('chown'),
    chmod: flagValue('chmod'),
    isLink: flags.includes('--link'),
    keepsParents: flags.includes('--parents'),
    excludes: flags.filter(flag => flag.startsWith('--exclude=')).map(flag => flag.slice(10)),
    unpacksLocal: false,
    unpacksRemote: false,
    ...extra,
  }
}

/** What a run of COPY depends on besides its sources. */
export interface CopyRun {
  readonly previous?: BuildLayer | undefined
  readonly clampSeconds?: number
}

/** A stage that is built step by step from a context, and from other trees by their names. */
export class CopyScene implements Disposable {
  readonly layers: BuildLayer[] = []
  readonly warnings: string[] = []
  readonly trees: Map<string, SourceTree> = new Map()
  changed: readonly string[] = []
  readonly #folder: TemporaryFolder = temporaryFolder()
  readonly #remote: RemoteSources | undefined

  constructor({ context = {}, base = [], remote }: SceneOptions) {
    this.#remote = remote
    mkdirSync(this.contextFolder)
    writeThings(this.contextFolder, context)
    for (const things of base) {
      const folder = this.newFolder()
      writeThings(folder, things)
      this.layers.push(diskLayer(folder))
    }
  }

  get contextFolder(): string {
    return join(this.#folder.path, 'context')
  }

  /** The folder of files that outlive a build. */
  get dataFolder(): string {
    return join(this.#folder.path, 'data')
  }

  /** Opens the context as a new build would. */
  openContext(): FolderContext {
    const folder = parseAbsolutePath(this.contextFolder)
    const ignoreFile = findIgnoreFile(folder, undefined)
    return openFolderContext({ folder, ignoreFile, memo: join(this.dataFolder, 'contexts', 'memo') })
  }

  /** Makes an empty folder. */
  newFolder(): string {
    const folder = join(this.#folder.path, `layer-${this.#count()}`)
    mkdirSync(folder, { mode: 0o700 })
    return folder
  }

  #next = 0

  #count(): number {
    this.#next += 1
    return this.#next
  }

  /** Where sources are, as a new build would find them. */
  access(): SourceAccess {
    const context = this.openContext()
    return {
      treeOf: async from => (from.kind === 'context' ? (this.trees.get(from.name) ?? context) : context),
      remote: this.#remote ?? NOTHING_REMOTE,
      signal: new AbortController().signal,
    }
  }

  /** Hashes what an operation reads. */
  digest(operation: string | CopyOperation): Promise<string> {
    return digestSources(typeof operation === 'string' ? copyOperation(operation) : operation, this.access())
  }

  /** Puts the layer of an operation on top, and returns its folder. */
  async copy(operation: string | CopyOperation, { previous, clampSeconds }: CopyRun = {}): Promise<string> {
    const folder = this.newFolder()
    const { changed } = await makeCopyLayer({
      operation: typeof operation === 'string' ? copyOperation(operation) : operation,
      parent: this.layers,
      access: this.access(),
      folder,
      onWarning: message => this.warnings.push(message),
      ...(previous !== undefined && { previous }),
      ...(clampSeconds !== undefined && { clampSeconds }),
    })
    this.changed = changed
    this.layers.push(diskLayer(folder))
    return folder
  }

  /** Puts the layer of WORKDIR on top, and returns its folder. */
  workdir(path: string, user = ''): string {
    const folder = this.newFolder()
    makeWorkdirLayer({
      operation: { kind: 'workdir', path, user },
      parent: this.layers,
      folder,
      span: SPAN,
    })
    this.layers.push(diskLayer(folder))
    return folder
  }

  /** Opens what is there now as files to copy from. */
  openTree(): Promise<SourceTree> {
    return openLayersTree(this.layers)
  }

  /** Lists what is there now: kind, mode, owner and content by path. */
  async list(): Promise<Readonly<Record<string, string>>> {
    return listTree(await this.openTree())
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]()
  }
}

const NOTHING_REMOTE: RemoteSources = {
  digestOf: () => Promise.reject(new Error('nothing is fetched here')),
  open: () => Promise.reject(new Error('nothing is fetched here')),
}

interface SceneOptions {
  readonly context?: Things
  /** Layers, the lowest first. */
  readonly base?: readonly Things[]
  readonly remote?: RemoteSources
}

/** Lists what is in `tree`: kind, mode, owner, size or target, extended attributes, and of which path it is a link. */
export function listTree(tree: SourceTree): Readonly<Record<string, string>> {
  const lines: [path: string, line: string][] = []
  const first = new Map<string, string>()
  const folders = [tree.root]
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of tree.children(folder)) {
      const path = `/${displayPath(entry.path)}`
      lines.push([path, describe(entry) + linkOf(tree, entry, { path, first })])
      if (entry.kind === 'folder') folders.push(entry)
    }
  }
  return Object.fromEntries(lines.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function describe({ kind, mode, uid, gid, size, target, device, xattrs }: SourceEntry): string {
  const what = kind === 'file' ? String(size) : (target ?? device)
  const words = [kind, kind === 'link' ? undefined : mode.toString(8), `${uid}:${gid}`, what]
  return [...words.filter(word => word !== undefined), ...xattrs.map(pair => pair.join('='))].join(' ')
}

function linkOf(
  tree: SourceTree,
  entry: SourceEntry,
  { path, first }: { readonly path: string; readonly first: Map<string, string> },
): string {
  const { dev, ino, nlink } = lstatSync(nativePath(tree.hostPathOf(entry)))
  if (entry.kind !== 'file' || nlink < 2) return ''
  const other = first.get(`${dev}:${ino}`)
  first.set(`${dev}:${ino}`, other ?? path)
  return other === undefined ? '' : ` = ${other}`
}
