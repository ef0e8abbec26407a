import { chmodSync, cpSync, existsSync, globSync, mkdirSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { findProgram } from '../support/parts/find-program.ts'
import { runTool } from '../support/parts/run-tool.ts'

/** The content of the disk. */
export interface DiskRequest {
  /** Root folder with busybox and Node. */
  readonly rootfs: string
  readonly kernelDir: string
  /** Folder to work in; the disk is `disk.img` in it. */
  readonly scratch: string
}

const CHECKOUT = resolve(import.meta.dirname, '../..')
/** The parts of the project that run inside. */
const PROJECT = ['bin', 'dist', 'build', 'src', 'schemas', 'test/vm/guest', 'package.json']
const PACKAGES = ['koffi', '@koromix', 'yaml', 'commander']
/** Modules that tcompose may need; `modprobe` finds them through their dependency list. */
const MODULES = [
  'kernel/net',
  'kernel/fs/overlayfs',
  'kernel/fs/quota',
  'kernel/fs/xfs',
  'kernel/drivers/net/veth.ko',
  'kernel/lib',
  'kernel/crypto',
  'kernel/arch',
]

/** Creates the ext4 disk of the machine: Node, busybox, kernel modules, and the project as currently built. */
export async function makeDisk({ rootfs, kernelDir, scratch }: DiskRequest): Promise<string> {
  const root = join(scratch, 'root')
  await runTool('cp', ['-a', rootfs, root])
  await copyModules(root, kernelDir)
  for (const path of PROJECT) copyProject(root, path)
  for (const name of PACKAGES) copyProject(root, join('node_modules', name))
  cpSync(join(import.meta.dirname, 'guest/guest'), join(root, 'sbin/guest'))
  chmodSync(join(root, 'sbin/guest'), 0o755)
  const disk = join(scratch, 'disk.img')
  await runTool(findMkfs(), ['-q', '-t', 'ext4', '-O', '^has_journal', '-d', root, disk, '768M'])
  return disk
}

async function copyModules(root: string, kernelDir: string): Promise<void> {
  const [version = ''] = readdirSync(join(kernelDir, 'lib/modules'))
  const source = join(kernelDir, 'lib/modules', version)
  for (const path of [...MODULES, ...globSync('modules.*', { cwd: source })]) {
    if (!existsSync(join(source, path))) continue
    const target = join(root, 'lib/modules', version, path)
    mkdirSync(dirname(target), { recursive: true })
    await runTool('cp', ['-a', join(source, path), target])
  }
  await runTool(join(root, 'bin/busybox'), ['depmod', '-b', root, version])
}

function copyProject(root: string, path: string): void {
  if (!existsSync(join(CHECKOUT, path))) return
  cpSync(join(CHECKOUT, path), join(root, 'tcompose', path), { recursive: true, verbatimSymlinks: true })
}

/** Makes two empty disks whose file systems can have quotas of projects, for ext4 and for xfs. */
export async function makeQuotaDisks(scratch: string): Promise<readonly string[]> {
  const [ext4, xfs] = [join(scratch, 'ext4.img'), join(scratch, 'xfs.img')]
  const features = ['-O', 'quota,project', '-E', 'quotatype=usrquota:grpquota:prjquota']
  await runTool(findMkfs(), ['-q', '-t', 'ext4', ...features, ext4, '64M'])
  // Less than 300 MiB is refused; the file is sparse.
  await runTool('truncate', ['-s', '320M', xfs])
  const mkfs = await findProgram('mkfs.xfs')
  if (mkfs.kind === 'missing') return [ext4]
  const [program, ...words] = mkfs.command
  await runTool(program, [...words, '-q', xfs])
  return [ext4, xfs]
}

/** mke2fs(8) is on every Debian, but not on every user's PATH. */
function findMkfs(): string {
  const found = ['/usr/sbin/mke2fs', '/sbin/mke2fs'].find(existsSync)
  if (found === undefined) throw new Error('Cannot make a disk: there is no mke2fs (package e2fsprogs)')
  return found
}
