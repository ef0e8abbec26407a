import { constants, fstatSync, openSync } from 'node:fs'
import { FolderWriter, type WriterOwner } from '../../../archive/folder-writer.ts'
import { TarReader } from '../../../archive/tar-reader.ts'
import { errnoNameOf } from '../../../base/errno-name-of.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { bytePath } from '../../../disk/byte-path.ts'
import { openInRoot } from '../../../disk/open-in-root.ts'
import { type OpenedFile, openedFile } from '../../../disk/opened-file.ts'
import type { CopyEnd, FileCopy } from '../../container-access.ts'
import { type ContainerRoot, openContainerRoot } from './container-root.ts'
import { openDestination } from './copy-destination.ts'
import { type CopyPath, type CopySource, cleanPath, openSource } from './copy-source.ts'
import type { ContainerPlace } from './pause-container.ts'
import { refuseMappedOwners } from './refuse-mapped-owners.ts'
import { tarChunks } from './tar-chunks.ts'

const FOLDER = 0o10000000 | constants.O_DIRECTORY

/**
 * Copies a file or a tree out of a container or into it, by the rules of docker cp. Where the container does not run, the
 * caller holds the project's lock.
 *
 * @throws {TcomposeError} `copy` if there is nothing to copy, or no place for it.
 */
export async function copyFiles(place: Omit<ContainerPlace, 'host'>, copy: FileCopy): Promise<void> {
  if (copy.to.kind === 'container') refuseMappedOwners(place, 'copy into')
  using root = await openContainerRoot(place)
  using host = openedFile(openSync('/', FOLDER))
  const { from, to } = copy
  if (to.kind === 'stream') {
    using source = openedSource(from, { root, host }, copy)
    await to.write(tarChunks(source.place, source.isContent ? '.' : source.name, copy.signal))
    return
  }
  if (from.kind === 'stream') {
    await unpack(from.chunks, { to: rootedPath(to, { root, host }), copy, label: to.path })
    return
  }
  using source = openedSource(from, { root, host }, copy)
  using destination = describing(to.path, 'to', () => openDestination(rootedPath(to, { root, host }), source))
  // Names are given here, so that the archive need not be changed.
  const chunks = tarChunks(source.place, destination.name, copy.signal)
  await writeTo(destination.folder, chunks, { copy, label: to.path })
}

interface Roots {
  readonly root: ContainerRoot
  readonly host: OpenedFile
}

type EndPath = Extract<CopyEnd, { readonly path: string }>

function rootedPath(end: EndPath, { root, host }: Roots): CopyPath {
  return { root: (end.kind === 'container' ? root : host).fd, path: end.path }
}

function openedSource(from: FileCopy['from'], roots: Roots, { followsLink }: FileCopy): CopySource {
  if (from.kind === 'stream') throw new Error('Cannot copy a stream to a stream')
  return describing(from.path, 'from', () => openSource(rootedPath(from, roots), followsLink))
}

interface Writing {
  readonly copy: FileCopy
  readonly label: string
}

/** An archive is unpacked into a folder that is there. */
async function unpack(
  chunks: AsyncIterable<Buffer>,
  { to, ...writing }: Writing & { readonly to: CopyPath },
): Promise<void> {
  using folder = describing(writing.label, 'to', () => {
    const opened = openInRoot(to.root, bytePath(cleanPath(to.path)), constants.O_RDONLY)
    if (fstatSync(opened.fd).isDirectory()) return opened
    opened[Symbol.dispose]()
    throw new SyntaxError('it is no folder')
  })
  await writeTo(folder.fd, chunks, writing)
}

async function writeTo(
  folder: number,
  chunks: AsyncIterable<Buffer>,
  { copy, label }: Writing,
): Promise<void> {
  using writer = new FolderWriter(folder, ownerOf(copy))
  const reader = new TarReader(writer)
  for await (const chunk of chunks) describing(label, 'to', () => reader.push(chunk))
  describing(label, 'to', () => {
    reader.end()
    writer.finish()
  })
}

/** What comes into a container keeps the numbers of its owner, what leaves one is the caller's unless it is to keep them. */
function ownerOf({ to, keepsOwner }: FileCopy): WriterOwner | undefined {
  if (keepsOwner || to.kind === 'container') return undefined
  return { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
}

/** Puts what fails into the words of the user. */
function describing<T>(path: string, direction: 'from' | 'to', work: () => T): T {
  try {
    return work()
  } catch (error) {
    const errno = errnoNameOf(error)
    const state = error instanceof SyntaxError ? error.message : (STATES.get(errno ?? '') ?? errno)
    if (state === undefined) throw error
    const verb = direction === 'from' ? 'copy' : 'copy to'
    throw new TcomposeError('copy', `Cannot ${verb} "${path}": ${state}`, {
      hint: HINTS[direction],
      cause: error,
    })
  }
}

const STATES: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'it does not exist'],
  ['ENOTDIR', 'a part of it is no folder'],
  ['ELOOP', 'too many links lead to it'],
  ['EROFS', 'the file system is read-only'],
  ['ENOSPC', 'no space left on device'],
  ['EDQUOT', 'the disk quota is exceeded'],
])

const HINTS = {
  from: 'Look what is there, e.g. with "tcompose exec SERVICE ls -l PATH"',
  to: 'Name a folder that is there, or a new name in one',
}
