import { existsSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { errnoNameOf } from '../../../base/errno-name-of.ts'
import { isDiskFull } from '../../../base/is-disk-full.ts'
import { tryLock } from '../../../disk/flock.ts'
import { makePrivateFolder } from '../../../disk/record-file.ts'
import type { LockOptions } from '../../engine.ts'
import type { ProjectLayout } from './layout.ts'
import { type LockProcess, readHolder } from './lock-holder.ts'

const RETRY_MS = 50

/**
 * Takes the exclusive lock of a project with flock(2) and writes down who holds it. Waits while another process does;
 * the kernel frees the lock of a process that dies.
 *
 * @throws {DOMException} `AbortError` if `signal` aborts while waiting.
 */
export async function lockProject(layout: ProjectLayout, options: LockOptions): Promise<Disposable> {
  for (;;) {
    makePrivateFolder(layout.runDir)
    const lock = await lockPresentProject(layout, options)
    if (lock !== undefined) return lock
  }
}

/**
 * Takes the lock as `lockProject` does, of a project that has a run folder, and makes none: returns undefined for one that
 * has none, or none any more when its lock is free. For what works in the background, which must not bring back a folder
 * that was removed.
 *
 * @throws {DOMException} `AbortError` if `signal` aborts while waiting.
 */
export async function lockPresentProject(
  layout: ProjectLayout,
  { command, signal, onWait }: LockOptions,
): Promise<Disposable | undefined> {
  for (let announced = false; existsSync(layout.runDir); announced = true) {
    const lock = tryLockProject(layout, command)
    if (lock !== undefined) return lock
    const holder = readHolder(layout.lock)
    if (!announced && holder !== undefined) {
      onWait({ name: `pid ${holder.pid}`, command: holder.command })
    }
    await delay(RETRY_MS, undefined, { signal })
  }
  return undefined
}

/**
 * Takes the lock of a project that has a run folder, or returns undefined while another process holds it, and where the
 * folder has gone.
 */
export function tryLockProject(layout: ProjectLayout, command: string): Disposable | undefined {
  const lock = tryLockIn(layout)
  if (lock === undefined) return undefined
  noteHolder(layout, { pid: process.pid, command })
  return { [Symbol.dispose]: () => letGo(lock, layout) }
}

/** On a full disk a waiting command is not told for whom it waits. */
function noteHolder({ lock }: ProjectLayout, holder: LockProcess): void {
  try {
    writeFileSync(lock, JSON.stringify(holder), { mode: 0o600 })
  } catch (error) {
    if (!isDiskFull(error)) throw error
  }
}

/**
 * A project that has nothing else in its run folder has nothing at all. The file is removed while the lock is held: who
 * waits for it starts over, perhaps in the folder before it is removed.
 */
function letGo(held: Disposable, { runDir, lock }: ProjectLayout): void {
  using _held = held
  if (readdirSync(runDir).some(name => name !== basename(lock))) return
  rmSync(lock, { force: true })
  try {
    rmdirSync(runDir)
  } catch (error) {
    if (!['ENOTEMPTY', 'ENOENT'].includes(errnoNameOf(error) ?? '')) throw error
  }
}

/** The holder may remove folder and file at any moment: then it is about to let go. */
function tryLockIn({ lock }: ProjectLayout): Disposable | undefined {
  try {
    return tryLock(lock)
  } catch (error) {
    if (errnoNameOf(error) === 'ENOENT') return undefined
    throw error
  }
}
