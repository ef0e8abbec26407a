import { mkdirSync, readdirSync, readlinkSync, symlinkSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { errnoNameOf } from '../../../base/errno-name-of.ts'
import type { ContainerId, ProjectName } from '../../../model/names.ts'
import type { Roots } from '../state/layout.ts'

/** Numbers of projects are 32 bits; those that administrators and other engines choose begin at 1. */
const FIRST = 2 ** 30
const COUNT = 2 ** 30

/** Whose writable layer it is. */
export interface LayerOwner {
  readonly project: ProjectName
  readonly id: ContainerId
}

/** The number of a project of the file system that belongs to a container. */
export interface ClaimedNumber {
  readonly number: number
  /** The link that says so. */
  readonly path: string
}

/**
 * Claims a number that no container of any project has, and that `isUsed` does not tell to be somebody else's. A claim is
 * a link from the number to the container: it is made in one step, and one process alone can make it. The container is on
 * record before, so a claim of a process that was killed is found by whoever removes the container.
 */
export function claimNumber(
  roots: Roots,
  { project, id }: LayerOwner,
  isUsed: (number: number) => boolean,
): ClaimedNumber {
  const folder = folderOf(roots)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  // Ids of containers are random, so that two engines on one file system hardly try the same number.
  const start = Number.parseInt(id.slice(0, 8), 16) % COUNT
  for (let offset = 0; offset < COUNT; offset += 1) {
    const number = FIRST + ((start + offset) % COUNT)
    const path = join(folder, String(number))
    if (!isUsed(number) && makeLink(`${project}/${id}`, path)) return { number, path }
  }
  throw new RangeError('Cannot claim a number: all are taken')
}

/** Returns the claims of one container, or of all containers of a project. */
export function claimsOf(
  roots: Roots,
  { project, id }: Pick<LayerOwner, 'project'> & Partial<LayerOwner>,
): readonly ClaimedNumber[] {
  const folder = folderOf(roots)
  return namesIn(folder)
    .map(name => ({ number: Number(name), path: join(folder, name) }))
    .filter(({ path }) => {
      const owner = ownerOf(path)
      return id === undefined ? owner?.startsWith(`${project}/`) : owner === `${project}/${id}`
    })
}

/** Gives a number back. */
export function dropClaim({ path }: ClaimedNumber): void {
  unlinkSync(path)
}

function folderOf({ data }: Roots): string {
  return join(data, 'quotas')
}

function makeLink(text: string, path: string): boolean {
  try {
    symlinkSync(text, path)
    return true
  } catch (error) {
    if (errnoNameOf(error) === 'EEXIST') return false
    throw error
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter(name => /^\d+$/.test(name))
  } catch (error) {
    if (errnoNameOf(error) === 'ENOENT') return []
    throw error
  }
}

/** Another process may drop its claim at any moment. */
function ownerOf(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}
