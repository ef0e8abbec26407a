import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { findLoader } from '../support/parts/library-closure.ts'

/** A machine to run to its end. */
export interface BootRequest {
  readonly qemuDir: string
  readonly kernelDir: string
  readonly initramfs: string
  /** The first holds the root. */
  readonly disks: readonly string[]
  /** Further words of the kernel's command line. */
  readonly parameters?: readonly string[]
  readonly timeoutMs: number
  /** Called with each line of the serial console. */
  readonly onLine: (line: string) => void
}

/**
 * Boots an emulated machine and resolves when it has switched itself off. The emulation is in software, so it works
 * inside any other machine, five to ten times slower than outside.
 *
 * @throws {Error} If it does not end in time.
 */
export async function boot(request: BootRequest): Promise<void> {
  const { qemuDir } = request
  const loader = findLoader(qemuDir)
  if (loader === undefined) throw new Error(`Cannot start qemu: there is no C library in ${qemuDir}`)
  const search = loader.folders.map(folder => join(qemuDir, folder)).join(':')
  const program = join(qemuDir, 'usr/bin/qemu-system-x86_64')
  const child = spawn(join(qemuDir, loader.path), ['--library-path', search, program, ...machine(request)], {
    env: { ...process.env, QEMU_MODULE_DIR: globSync(join(qemuDir, 'usr/lib/*/qemu'))[0] },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), request.timeoutMs)
  createInterface({ input: child.stdout }).on('line', line => request.onLine(line.trimEnd()))
  const [code, signal] = await once(child, 'close')
  clearTimeout(timer)
  if (signal !== null)
    throw new Error(`Cannot finish the machine: it ran for more than ${request.timeoutMs} ms`)
  if (code !== 0) throw new Error(`Cannot run qemu: it exited with code ${code}`)
}

function machine({ qemuDir, kernelDir, initramfs, disks, parameters = [] }: BootRequest): readonly string[] {
  const [kernel = ''] = globSync(join(kernelDir, 'boot/vmlinuz-*'))
  return [
    ...['-L', join(qemuDir, 'usr/share/qemu'), '-L', join(qemuDir, 'usr/share/seabios')],
    ...['-M', 'pc', '-cpu', 'qemu64', '-accel', 'tcg', '-smp', '1', '-m', '1024'],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-serial', 'stdio'],
    ...['-kernel', kernel, '-initrd', initramfs],
    ...['-append', [...PARAMETERS, ...parameters].join(' ')],
    ...disks.flatMap(drive),
  ]
}

const PARAMETERS = ['console=ttyS0', 'quiet', 'mitigations=off', 'panic=-1', 'cgroup_no_v1=all']

function drive(file: string, index: number): readonly string[] {
  return [
    ...['-drive', `file=${file},format=raw,if=none,id=disk${index},snapshot=on`],
    ...['-device', `virtio-blk-pci,drive=disk${index}`],
  ]
}
