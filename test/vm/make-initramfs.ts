import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type CpioEntry, packCpio } from './cpio.ts'

const MODULES = [
  'virtio_ring',
  'virtio',
  'virtio_pci_legacy_dev',
  'virtio_pci_modern_dev',
  'virtio_pci',
  'virtio_blk',
]

/** Returns the first root of the machine: busybox, the drivers of its disk, and a script that switches to the disk. */
export function makeInitramfs(busyboxDir: string, kernelDir: string): Buffer {
  const modules = MODULES.map(name => ({ name: `${name}.ko`, source: findModule(kernelDir, name) }))
  const entries: readonly CpioEntry[] = [
    { path: 'bin', mode: 0o040755 },
    { path: 'bin/busybox', mode: 0o100755, content: readFileSync(join(busyboxDir, 'bin/busybox')) },
    { path: 'init', mode: 0o100755, content: readFileSync(join(import.meta.dirname, 'guest/init')) },
    ...modules.map(({ name, source }) => ({ path: name, mode: 0o100644, content: readFileSync(source) })),
  ]
  return gzipSync(packCpio(entries), { level: 1 })
}

function findModule(kernelDir: string, name: string): string {
  const [found] = globSync(join(kernelDir, 'lib/modules/*/kernel/**', `${name}.ko`))
  if (found === undefined) throw new Error(`Cannot find kernel module "${name}": it is not in ${kernelDir}`)
  return found
}
