import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { AbsolutePath } from '../../base/absolute-path.ts'
import { type Digest, digestHex } from '../../base/digest.ts'
import { isUnreadable } from '../../base/is-unreadable.ts'
import { sha256Hex } from '../../base/sha256.ts'
import type { TcomposeError } from '../../base/tcompose-error.ts'
import { damagedRecord, unlessUnreadable } from '../../disk/damaged-record.ts'
import { readRecord, recordText, writeSharedRecord } from '../../disk/record-file.ts'
import { readRegularFile } from '../../disk/regular-file.ts'
import type { ImageConfig } from '../../model/image.ts'
import type { PlatformName } from '../../model/platform.ts'
import type { StorePaths } from '../store-paths.ts'
import type { ImageKey } from './image-key.ts'

const VERSION = 1

/** What is kept of an image: all that a container needs, also when the image's source is gone. */
export interface ImageRecord {
  readonly version: typeof VERSION
  readonly id: Digest
  /** The reference under which it was fetched last. */
  readonly reference: string
  readonly config: ImageConfig
  readonly content: ImageContent
  /** The manifest that it was stored from, where the store has its packed layers. */
  readonly manifest?: Digest
  /** What its configuration says it is made for. */
  readonly platform?: PlatformName
}

/** Where an image's files are. */
export type ImageContent =
  | { readonly kind: 'folder'; readonly path: AbsolutePath }
  | {
      readonly kind: 'layers'
      /** Unpacked layers, the lowest first. */
      readonly diffIds: readonly Digest[]
      /** The layer of `storeCoverLayer`, where there is one: no part of the image, but of what is mounted. */
      readonly cover?: Digest
    }

/** Returns all layers of a mount, the lowest first. */
export function mountedLayers({
  diffIds,
  cover,
}: Extract<ImageContent, { kind: 'layers' }>): readonly Digest[] {
  return cover === undefined ? diffIds : [...diffIds, cover]
}

/** Which image a reference named when it was looked at last. */
export interface ReferenceRecord {
  readonly version: typeof VERSION
  readonly reference: ImageKey
  readonly id: Digest
  /** Tells one state of an archive's file from another; of a registry's image, the digest there. */
  readonly fingerprint: string
  /** When a registry last said that the reference means this image: milliseconds since the epoch. */
  readonly pulledAt?: number
}

/** `images/records` and `images/references` hold one file for each image and reference. */
export function imageFolders(paths: StorePaths): {
  readonly images: string
  readonly records: string
  readonly references: string
} {
  const images = join(paths.data, 'images')
  return { images, records: join(images, 'records'), references: join(images, 'references') }
}

/** Returns undefined for an image that was never fetched. A record that cannot be read counts as none: a fetch replaces it. */
export function readImageRecord(paths: StorePaths, id: Digest): ImageRecord | undefined {
  return unlessUnreadable(() => readValid(recordPath(paths, id), isImageRecord))
}

/** Makes the image known by its id. */
export function writeImageRecord(paths: StorePaths, record: Omit<ImageRecord, 'version'>): void {
  const path = recordPath(paths, record.id)
  const value = { version: VERSION, ...record }
  // A write waits for the disk several times, and most pulls find the image as it was.
  if (unlessUnreadable(() => readRegularFile(path)) !== recordText(value)) writeSharedRecord(path, value)
}

/** Returns undefined for a name under which nothing was ever fetched, and for a record that cannot be read. */
export function readReferenceRecord(paths: StorePaths, reference: ImageKey): ReferenceRecord | undefined {
  return unlessUnreadable(() => readValid(referencePath(paths, reference), isReferenceRecord))
}

/** Remembers which image a reference names. */
export function writeReferenceRecord(paths: StorePaths, record: Omit<ReferenceRecord, 'version'>): void {
  writeSharedRecord(referencePath(paths, record.reference), { version: VERSION, ...record })
}

/** A record that is damaged, or was written by a later version. */
export interface UnreadableFile {
  readonly path: string
  readonly error: TcomposeError
}

/** The records of one kind, and why others cannot be read. */
export interface ListedRecords<T> {
  readonly records: readonly T[]
  readonly unreadable: readonly UnreadableFile[]
}

/** Returns the images that were fetched, sorted by id. */
export function listImageRecords(paths: StorePaths): ListedRecords<ImageRecord> {
  return listValid(imageFolders(paths).records, isImageRecord)
}

/** Returns the references that were fetched. */
export function listReferenceRecords(paths: StorePaths): ListedRecords<ReferenceRecord> {
  return listValid(imageFolders(paths).references, isReferenceRecord)
}

function listValid<T extends object>(
  folder: string,
  isValid: (value: object) => value is T,
): ListedRecords<T> {
  const records: T[] = []
  const unreadable: UnreadableFile[] = []
  for (const file of filesIn(folder)) {
    try {
      const record = readValid(file, isValid)
      if (record !== undefined) records.push(record)
    } catch (error) {
      if (!isUnreadable(error)) throw error
      unreadable.push({ path: file, error })
    }
  }
  return { records, unreadable }
}

/** Forgets an image; its layers stay. */
export function removeImageRecord(paths: StorePaths, id: Digest): void {
  rmSync(recordPath(paths, id), { force: true })
}

/** Forgets which image `reference` names. */
export function removeReferenceRecord(paths: StorePaths, reference: ImageKey): void {
  rmSync(referencePath(paths, reference), { force: true })
}

/** Returns when the image that `reference` names was fetched last, milliseconds since the epoch. */
export function fetchedAt(paths: StorePaths, reference: ImageKey): number | undefined {
  return statSync(referencePath(paths, reference), { throwIfNoEntry: false })?.mtimeMs
}

function filesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  const names = readdirSync(folder).filter(name => /^[0-9a-f]{64}\.json$/.test(name))
  return names.sort().map(name => join(folder, name))
}

function recordPath(paths: StorePaths, id: Digest): string {
  return join(imageFolders(paths).records, `${digestHex(id)}.json`)
}

function referencePath(paths: StorePaths, reference: ImageKey): string {
  return join(imageFolders(paths).references, `${sha256Hex(reference)}.json`)
}

function readValid<T extends object>(path: string, isValid: (value: object) => value is T): T | undefined {
  const record = readRecord(path, VERSION)
  if (record === undefined || isValid(record)) return record
  throw damagedRecord(path, 'a field is missing or of the wrong type, expected a record of an image')
}

function isImageRecord(value: object): value is ImageRecord {
  if (!hasTexts(value, ['id', 'reference']) || !('config' in value) || !('content' in value)) return false
  return isImageConfig(value.config) && isImageContent(value.content)
}

function isReferenceRecord(value: object): value is ReferenceRecord {
  return hasTexts(value, ['id', 'reference', 'fingerprint'])
}

function isImageConfig(config: unknown): boolean {
  if (typeof config !== 'object' || config === null) return false
  const lists = ['entrypoint', 'command', 'environment', 'volumes', 'exposedPorts']
  const hasLists = lists.every(name => isTextList(Reflect.get(config, name)))
  return (
    hasLists && hasTexts(config, ['workingDir', 'user']) && 'labels' in config && config.labels instanceof Map
  )
}

function isImageContent(content: unknown): boolean {
  if (typeof content !== 'object' || content === null || !('kind' in content)) return false
  if (content.kind === 'folder') return hasTexts(content, ['path'])
  if ('cover' in content && !hasTexts(content, ['cover'])) return false
  return content.kind === 'layers' && 'diffIds' in content && isTextList(content.diffIds)
}

function hasTexts(value: object, names: readonly string[]): boolean {
  return names.every(name => typeof Reflect.get(value, name) === 'string')
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every(item => typeof item === 'string')
}
