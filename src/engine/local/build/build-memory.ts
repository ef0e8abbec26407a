import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Digest } from '../../../base/digest.ts'
import { isUnreadable } from '../../../base/is-unreadable.ts'
import { sha256Hex } from '../../../base/sha256.ts'
import { readRecord, recordText } from '../../../disk/record-file.ts'
import { writeAtomic } from '../../../disk/write-atomic.ts'
import { buildFolders } from '../../../store/built/build-folders.ts'
import type { Roots } from '../state/layout.ts'

/** What a step was made from when the image was built last, to say what has changed since. */
export interface RememberedStep {
  readonly stage: string
  readonly position: number
  /** As `hashedDefinition` returns it. */
  readonly definition: string
  /** Digests of what it read. */
  readonly contents: readonly string[]
  /** What these digests are of, as `readsOf` returns it. */
  readonly reads?: string | undefined
  /** The result that it started from. */
  readonly parent: string
  /** The layer that it made. */
  readonly diffId: Digest
}

const VERSION = 1

/**
 * Remembers what the image `name` was built from. After a power cut there is the record, the one before it, or none: it
 * explains, and saves work.
 *
 * @param earlier What `recallBuild` returns: most builds find all as it was, and write nothing.
 */
export function rememberBuild(
  roots: Roots,
  name: string,
  { steps, earlier }: Readonly<Record<'steps' | 'earlier', readonly RememberedStep[]>>,
): void {
  if (JSON.stringify(steps) === JSON.stringify(earlier)) return
  const { last } = buildFolders(roots)
  mkdirSync(last, { recursive: true, mode: 0o700 })
  writeAtomic(fileOf(roots, name), recordText({ version: VERSION, steps }), { temporaries: last })
}

/** Returns what the image `name` was built from last; none if that is not known. */
export function recallBuild(roots: Roots, name: string): readonly RememberedStep[] {
  try {
    const steps = readRecord(fileOf(roots, name), VERSION)?.['steps']
    return Array.isArray(steps) && steps.every(isStep) ? steps : []
  } catch (error) {
    if (isUnreadable(error)) return []
    throw error
  }
}

/** `build/last` holds a file for each image, named by the hash of its name. */
function fileOf(roots: Roots, name: string): string {
  return join(buildFolders(roots).last, `${sha256Hex(name)}.json`)
}

function isStep(value: unknown): value is RememberedStep {
  if (typeof value !== 'object' || value === null) return false
  const texts = ['stage', 'definition', 'parent', 'diffId'].every(
    key => typeof Reflect.get(value, key) === 'string',
  )
  const reads: unknown = Reflect.get(value, 'reads')
  return (
    texts &&
    (reads === undefined || typeof reads === 'string') &&
    Array.isArray(Reflect.get(value, 'contents')) &&
    typeof Reflect.get(value, 'position') === 'number'
  )
}
