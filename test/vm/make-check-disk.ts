import { join } from 'node:path'
import { runTool } from '../support/parts/run-tool.ts'
import { addProbe, addTask, copyModules, copyProject, makeRootDisk } from './disk-image.ts'

/** The content of the disk. */
export interface DiskRequest {
  /** Root folder with busybox and Node, and OCI runtimes where they are to be had. */
  readonly rootfs: string
  readonly kernelDir: string
  /** Folder to work in; the disk is `disk.img` in it. */
  readonly scratch: string
}

/** The parts of the project that run inside. */
const PROJECT = [
  ...['bin', 'dist', 'build', 'src', 'schemas', 'package.json'],
  ...['test/vm/guest', 'test/support/container-view', 'test/fixtures/container-view'],
  ...['docs/security.md', 'scripts/project-root.ts'],
  ...['koffi', '@koromix', 'yaml', 'commander'].map(name => join('node_modules', name)),
]

/** Creates the ext4 disk of the checks: their root folder, kernel modules, and the project as currently built. */
export async function makeCheckDisk({ rootfs, kernelDir, scratch }: DiskRequest): Promise<string> {
  const root = join(scratch, 'root')
  await runTool('cp', ['-a', rootfs, root])
  await copyModules(root, kernelDir)
  copyProject(root, PROJECT)
  addTask(root, 'check-task')
  addProbe(root)
  const disk = join(scratch, 'disk.img')
  await makeRootDisk({ root, disk, size: '768M' })
  return disk
}
