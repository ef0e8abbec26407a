import { mkdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import type { Brand } from '../../base/brand.ts'
import { type Digest, parseDigest } from '../../base/digest.ts'
import { errnoNameOf } from '../../base/errno-name-of.ts'
import { isDiskFull } from '../../base/is-disk-full.ts'
import { unlessUnreadable } from '../../disk/damaged-record.ts'
import { readRecord, recordText } from '../../disk/record-file.ts'
import { writeAtomic } from '../../disk/write-atomic.ts'
import { sortedNamesIn } from '../store-files.ts'
import type { StorePaths } from '../store-paths.ts'
import { buildFolders } from './build-folders.ts'

const VERSION = 1

/** What a step of a build is known by: 64 hex digits. */
export type StepKey = Brand<string, 'StepKey'>

const KEY = /^[0-9a-f]{64}$/

/** @throws {SyntaxError} If `text` is not 64 hex digits. */
export function parseStepKey(text: string): StepKey {
  if (!KEY.test(text)) throw new SyntaxError(`Cannot parse step key "${text}": expected 64 hex digits`)
  return text as StepKey
}

/** What came of a step that ran. */
export interface StepRecord {
  /** What the keys of the steps on top of it are made from; that of another run of the step is another. */
  readonly resultId: string
  /** The layer that it made. */
  readonly diffId: Digest
  /** The instruction in one line, for people. */
  readonly text: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

/** A step record and when it was used last. */
export interface ListedStep {
  readonly key: StepKey
  readonly record: StepRecord
  /** Milliseconds since the epoch, an hour too early at most. */
  readonly usedAt: number
}

const TOUCH_EVERY_MS: number = 60 * 60 * 1000

/**
 * Returns the record of a step; undefined if there is none or it cannot be read, for the step just runs again. Whether
 * the store still has its layer is for the caller to see, after a lease of it.
 */
export function readStepRecord(paths: StorePaths, key: StepKey): StepRecord | undefined {
  return readStep(stepFile(paths, key))
}

/**
 * Remembers what came of a step whose layer is in the store. After a power cut there is the record, or none, and a full
 * disk takes none: the step runs again then.
 */
export function writeStepRecord(paths: StorePaths, key: StepKey, record: StepRecord): void {
  const { build, steps } = buildFolders(paths)
  try {
    mkdirSync(steps, { recursive: true, mode: 0o700 })
    writeAtomic(stepFile(paths, key), recordText({ version: VERSION, ...record }), { temporaries: build })
  } catch (error) {
    if (!isDiskFull(error)) throw error
  }
}

/** Notes that a step was used now, at most once an hour: what was not used for longest goes first. */
export function touchStepRecord(paths: StorePaths, key: StepKey): void {
  const file = stepFile(paths, key)
  const now = Date.now()
  const usedAt = statSync(file, { throwIfNoEntry: false })?.mtimeMs
  if (usedAt === undefined || (usedAt <= now && now - usedAt < TOUCH_EVERY_MS)) return
  try {
    utimesSync(file, now / 1000, now / 1000)
  } catch (error) {
    // The collector of garbage may have been here, or the disk is full or read-only: a use that is not noted harms nobody.
    if (!isDiskFull(error) && !['ENOENT', 'EROFS'].includes(errnoNameOf(error) ?? '')) throw error
  }
}

/** Returns all step records that can be read, in no order. */
export function listStepRecords(paths: StorePaths): readonly ListedStep[] {
  return stepKeys(paths).flatMap(key => {
    const file = stepFile(paths, key)
    const record = readStep(file)
    const usedAt = statSync(file, { throwIfNoEntry: false })?.mtimeMs
    return record === undefined || usedAt === undefined ? [] : [{ key, record, usedAt }]
  })
}

/** Returns the keys of all step records, also of those that cannot be read. */
export function stepKeys(paths: StorePaths): readonly StepKey[] {
  return sortedNamesIn(buildFolders(paths).steps)
    .filter(name => KEY.test(name))
    .map(parseStepKey)
}

/** Forgets a step; its layer stays. */
export function removeStepRecord(paths: StorePaths, key: StepKey): void {
  rmSync(stepFile(paths, key), { force: true, recursive: true })
}

function stepFile(paths: StorePaths, key: StepKey): string {
  return join(buildFolders(paths).steps, key)
}

function readStep(file: string): StepRecord | undefined {
  const record = unlessUnreadable(() => readRecord(file, VERSION))
  if (record === undefined) return undefined
  const { resultId, diffId, text, createdAt } = record
  if (typeof resultId !== 'string' || typeof text !== 'string') return undefined
  if (typeof diffId !== 'string' || typeof createdAt !== 'number') return undefined
  return { resultId, diffId: parseDigest(diffId), text, createdAt }
}
