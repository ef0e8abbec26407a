import { chmodSync, cpSync, existsSync, globSync, mkdirSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { projectRoot } from '../../scripts/project-root.ts'
import { buildProbe } from '../support/container-view/container-view.ts'
import { findProgram } from '../support/parts/find-program.ts'
import { runTool } from '../support/parts/run-tool.ts'

/** The disk that the machine starts from. */
export interface RootDisk {
  /** Its content. */
  readonly root: string
  /** As mke2fs(8) takes it, e.g. `768M`. */
  readonly size: string
  /** The file that it becomes. */
  readonly disk: string
}

/** Modules that tcompose or an engine may need; `modprobe` finds them through their dependency list. */
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

/** Copies the kernel's modules into a root folder that has busybox. */
export async function copyModules(root: string, kernelDir: string): Promise<void> {
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

/** Copies files and folders of the checkout to `/tcompose`, those that exist. */
export function copyProject(root: string, paths: readonly string[]): void {
  for (const path of paths) {
    if (!existsSync(join(projectRoot, path))) continue
    cpSync(join(projectRoot, path), join(root, 'tcompose', path), { recursive: true, verbatimSymlinks: true })
  }
}

/** Makes a file of `guest` what the machine does once it is up. */
export function addTask(root: string, name: string): void {
  cpSync(join(import.meta.dirname, 'guest/guest'), join(root, 'sbin/guest'))
  chmodSync(join(root, 'sbin/guest'), 0o755)
  cpSync(join(import.meta.dirname, 'guest', name), join(root, 'sbin/task'))
}

/** Adds the image of a container that tells what it sees, as the folder `/view`. */
export function addProbe(root: string): void {
  mkdirSync(join(root, 'view'))
  buildProbe(join(root, 'view'))
}

/** Makes an ext4 disk with the content of a folder. */
export async function makeRootDisk({ root, size, disk }: RootDisk): Promise<void> {
  await runTool(findMkfs(), ['-q', '-t', 'ext4', '-O', '^has_journal', '-d', root, disk, size])
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
