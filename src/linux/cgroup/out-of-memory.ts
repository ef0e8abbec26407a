import { type CgroupFiles, hostCgroupFiles } from './cgroup-files.ts'

/** Counters of the kernel's kills: v1 and v2. Only the folder of the memory controller has one. */
const FILES: readonly string[] = ['memory.oom_control', 'memory.events']

/** Tells whether the kernel has killed a process of a control group for lack of memory. `folders` may be gone. */
export function wasOutOfMemory(folders: readonly string[], files: CgroupFiles = hostCgroupFiles): boolean {
  return folders
    .flatMap(folder => FILES.map(file => files.read(`${folder}/${file}`) ?? ''))
    .some(text => /^oom_kill [1-9]/m.test(text))
}
