import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { dockerViewFile, readView, toStoredView } from '../support/container-view/container-view.ts'
import { cacheFolder } from '../support/parts/cache-folder.ts'
import { imageRootfs } from '../support/parts/image-rootfs.ts'
import { findLoader, libraryClosure } from '../support/parts/library-closure.ts'
import { part } from '../support/parts/part.ts'
import { runTool } from '../support/parts/run-tool.ts'
import { boot } from './boot.ts'
import { addProbe, addTask, copyModules, makeRootDisk } from './disk-image.ts'
import { makeInitramfs } from './make-initramfs.ts'

// Writes what Docker's containers see on a host with cgroup v2 alone, which is the emulated machine. The argument is the root
// folder of a Debian that has docker.io and docker-cli, such as mmdebstrap(1) makes.
const [source = ''] = process.argv.slice(2)
const TIMEOUT_MS = 600_000
const PROGRAMS = [
  ...['usr/sbin/dockerd', 'usr/bin/docker', 'usr/bin/containerd'],
  ...['usr/bin/containerd-shim-runc-v2', 'usr/sbin/runc'],
]

const [qemuDir, kernelDir, busyboxDir] = [await ready('qemu'), await ready('kernel'), await ready('busybox')]
const scratch = mkdtempSync(join(cacheFolder('vm'), 'docker-'))
try {
  const initramfs = join(scratch, 'initramfs.gz')
  writeFileSync(initramfs, makeInitramfs(busyboxDir, kernelDir))
  const disk = await makeDockerDisk(scratch)
  const lines: string[] = []
  await boot({
    qemuDir,
    kernelDir,
    initramfs,
    disks: [disk],
    timeoutMs: TIMEOUT_MS,
    onLine: line => lines.push(line),
  })
  const after = (word: string) =>
    lines.flatMap(line => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : []))
  const [engine] = after('ENGINE')
  const [kernel = ''] = after('KERNEL')
  if (engine === undefined) throw new Error(`Cannot run dockerd in the machine:\n${lines.join('\n')}`)
  const about = { engine, kernel: kernel.split('.').slice(0, 2).join('.'), cgroups: 'v2' } as const
  const view = toStoredView(readView(after('VIEW').join('\n')), about)
  writeFileSync(dockerViewFile('v2'), `${JSON.stringify(view, null, 2)}\n`)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

async function makeDockerDisk(folder: string): Promise<string> {
  const root = join(folder, 'root')
  const rootfs = await imageRootfs('busybox')
  if (rootfs.kind === 'missing') throw new Error(rootfs.reason)
  await runTool('cp', ['-a', rootfs.dir, root])
  const libraries = await Promise.all(PROGRAMS.map(program => libraryClosure(source, program)))
  for (const path of new Set([...PROGRAMS, ...libraries.flat()])) copy(path, join(root, path))
  const loader = findLoader(source)
  if (loader === undefined) throw new Error(`Cannot find the C library: it is not in ${source}`)
  copy(loader.path, join(root, loader.interpreter))
  await copyModules(root, kernelDir)
  addTask(root, 'docker-task')
  addProbe(root)
  const disk = join(folder, 'disk.img')
  await makeRootDisk({ root, disk, size: '1G' })
  return disk
}

function copy(path: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true })
  copyFileSync(join(source, path), target)
}

async function ready(name: 'qemu' | 'kernel' | 'busybox'): Promise<string> {
  const found = await part(name)
  if (found.kind === 'missing') throw new Error(found.reason)
  return found.dir
}
