import { errnoNameOf } from '../../base/errno-name-of.ts'
import type { Cgroup } from './cgroup.ts'
import { type CgroupFiles, hostCgroupFiles } from './cgroup-files.ts'

/** Thaws what of a control group is frozen. With v1 a frozen process ends, even by SIGKILL, only once it is thawed. */
export function thawCgroup({ folders }: Cgroup, files: CgroupFiles = hostCgroupFiles): void {
  for (const folder of folders) thaw(folder, files)
}

/** Lets the processes of `folder` run; one that is not frozen, or gone, is no failure. */
export function thaw(folder: string, files: CgroupFiles = hostCgroupFiles): void {
  if (!isFrozen(folder, files)) return
  const [file, text] =
    files.read(`${folder}/freezer.state`) === undefined
      ? (['cgroup.freeze', '0'] as const)
      : (['freezer.state', 'THAWED'] as const)
  try {
    files.write(`${folder}/${file}`, text)
  } catch (error) {
    if (!['ENOENT', 'ENODEV'].includes(errnoNameOf(error) ?? '')) throw error
  }
}

/** Tells whether what is in the control group `folder` is frozen, or about to be. */
export function isFrozen(folder: string, files: CgroupFiles = hostCgroupFiles): boolean {
  const v1 = files.read(`${folder}/freezer.state`)
  if (v1 !== undefined) return v1.trim() !== 'THAWED'
  return files.read(`${folder}/cgroup.freeze`)?.trim() === '1'
}
