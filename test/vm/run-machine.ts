import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '../support/parts/cache-folder.ts'
import { makeRootfs } from '../support/parts/make-rootfs.ts'
import { type Part, part } from '../support/parts/part.ts'
import type { PartName } from '../support/parts/part-definitions.ts'
import { type BootRequest, boot } from './boot.ts'
import { makeQuotaDisks } from './disk-image.ts'
import { makeCheckDisk } from './make-check-disk.ts'
import { makeInitramfs } from './make-initramfs.ts'

/** The result of one check inside the machine. */
export interface CheckResult {
  readonly outcome: 'passed' | 'failed' | 'skipped'
  readonly title: string
  readonly reason?: string
}

/** What to run, and who hears of it. */
export interface MachineRequest {
  /** Names of groups of checks, as in `guest/main.ts`. @default all */
  readonly groups?: readonly string[]
  /** Called with each line of the serial console. */
  readonly onLine: (line: string) => void
}

const TIMEOUT_MS = 900_000
const RUNTIMES: readonly PartName[] = ['runc', 'crun', 'runsc']

/** Boots the machine once and returns what its checks found; a machine that is not available is one skipped check. */
export async function runMachine({ groups = [], onLine }: MachineRequest): Promise<readonly CheckResult[]> {
  const parts = {
    qemu: await part('qemu'),
    kernel: await part('kernel'),
    rootfs: await makeRootfs({ parts: ['node', ...(await readyRuntimes())] }),
    busybox: await part('busybox'),
  }
  const missing = Object.values(parts).find(found => found.kind === 'missing')
  if (missing?.kind === 'missing') {
    return [{ outcome: 'skipped', title: 'emulated machine with cgroup v2', reason: missing.reason }]
  }
  const scratch = mkdtempSync(join(cacheFolder('vm'), 'run-'))
  try {
    const initramfs = join(scratch, 'initramfs.gz')
    writeFileSync(initramfs, makeInitramfs(dirOf(parts.busybox), dirOf(parts.kernel)))
    const disk = await makeCheckDisk({ rootfs: dirOf(parts.rootfs), kernelDir: dirOf(parts.kernel), scratch })
    return await runChecks({
      qemuDir: dirOf(parts.qemu),
      kernelDir: dirOf(parts.kernel),
      initramfs,
      disks: [disk, ...(await makeQuotaDisks(scratch))],
      parameters: groups.length === 0 ? [] : [`checks=${groups.join(',')}`],
      onLine,
    })
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** A runtime that cannot be had is missing on the disk, which its check says. */
async function readyRuntimes(): Promise<readonly PartName[]> {
  const found = await Promise.all(RUNTIMES.map(async name => ({ name, kind: (await part(name)).kind })))
  return found.flatMap(({ name, kind }) => (kind === 'ready' ? [name] : []))
}

async function runChecks({
  onLine,
  ...machine
}: Omit<BootRequest, 'timeoutMs'>): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = []
  let ended = false
  const hear = (line: string): void => {
    onLine(line)
    if (line.startsWith('VM {')) results.push(JSON.parse(line.slice(3)))
    ended ||= line === 'VM end'
  }
  await boot({ ...machine, timeoutMs: TIMEOUT_MS, onLine: hear })
  if (ended && results.length > 0) return results
  return [
    ...results,
    { outcome: 'failed', title: 'machine runs its checks to the end', reason: 'it stopped before the end' },
  ]
}

function dirOf(found: Part): string {
  if (found.kind === 'missing') throw new Error(found.reason)
  return found.dir
}
