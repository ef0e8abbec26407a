import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '../support/parts/cache-folder.ts'
import { imageRootfs } from '../support/parts/image-rootfs.ts'
import { type Part, part } from '../support/parts/part.ts'
import { boot } from './boot.ts'
import { makeDisk, makeQuotaDisks } from './make-disk.ts'
import { makeInitramfs } from './make-initramfs.ts'

/** The result of one check inside the machine. */
export interface CheckResult {
  readonly outcome: 'passed' | 'failed' | 'skipped'
  readonly title: string
  readonly reason?: string
}

const TIMEOUT_MS = 360_000

/** Boots the machine once and returns what its checks found; a machine that is not available is one skipped check. */
export async function runMachine(onLine: (line: string) => void): Promise<readonly CheckResult[]> {
  const parts = {
    qemu: await part('qemu'),
    kernel: await part('kernel'),
    node: await imageRootfs('node'),
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
    const disk = await makeDisk({ rootfs: dirOf(parts.node), kernelDir: dirOf(parts.kernel), scratch })
    return await runChecks({
      qemuDir: dirOf(parts.qemu),
      kernelDir: dirOf(parts.kernel),
      initramfs,
      disks: [disk, ...(await makeQuotaDisks(scratch))],
      onLine,
    })
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

interface MachineFiles {
  readonly qemuDir: string
  readonly kernelDir: string
  readonly initramfs: string
  readonly disks: readonly string[]
  readonly onLine: (line: string) => void
}

async function runChecks({ onLine, ...files }: MachineFiles): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = []
  let ended = false
  const hear = (line: string): void => {
    onLine(line)
    if (line.startsWith('VM {')) results.push(JSON.parse(line.slice(3)))
    ended ||= line === 'VM end'
  }
  await boot({ ...files, timeoutMs: TIMEOUT_MS, onLine: hear })
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
