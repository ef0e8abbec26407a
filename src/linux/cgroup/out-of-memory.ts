import { type CgroupFiles, hostCgroupFiles } from './cgroup-files.ts'

/** Counters of the kernel's kills: v1 and v2. Only the folder of the memory controller has one. */
const FILES: readonly string[] = ['memory.oom_control', 'memory.events']

/** Tells whether the kernel has killed a process of a control group for lack of memory. `folders` may be gone. */
export function wasOutOfMemory(folders: readonly string[], files: CgroupFiles = hostCgroupFiles): boolean {
  return outOfMemoryKills(folders, files) > 0
}

/** Returns how many processes of a control group the kernel has killed for lack of memory. `folders` may be gone. */
export function outOfMemoryKills(folders: readonly string[], files: CgroupFiles = hostCgroupFiles): number {
  return folders
    .flatMap(folder => FILES.map(file => files.read(`${folder}/${file}`) ?? ''))
    .reduce((sum, text) => sum + Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0), 0)
}
