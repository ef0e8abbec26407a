import { errnoNameOf } from '../../base/errno-name-of.ts'
import { THROTTLE_FILES } from './block-io-writes.ts'
import type { Cgroup } from './cgroup.ts'
import { type CgroupFiles, hostCgroupFiles } from './cgroup-files.ts'

/**
 * Takes the rates of block devices from a control group that is to end: a process with a write of megabytes under way ends,
 * even after SIGKILL, only when that has gone through at its rate.
 */
export function liftThrottles({ version, folders }: Cgroup, files: CgroupFiles = hostCgroupFiles): void {
  const names = version === 1 ? THROTTLE_FILES : ['io.max']
  const none = version === 1 ? '0' : 'rbps=max wbps=max riops=max wiops=max'
  for (const path of folders.flatMap(folder => names.map(name => `${folder}/${name}`))) {
    const lines = files.read(path)?.split('\n') ?? []
    const devices = lines.flatMap(line => /^\d+:\d+(?= )/.exec(line)?.[0] ?? [])
    if (devices.length > 0)
      write(
        files,
        path,
        devices.map(device => `${device} ${none}`),
      )
  }
}

/** The group may have ended, and its device may be gone: then nothing waits for it either. */
function write(files: CgroupFiles, path: string, texts: readonly string[]): void {
  try {
    files.write(path, ...texts)
  } catch (error) {
    if (!['ENOENT', 'ENODEV'].includes(errnoNameOf(error) ?? '')) throw error
  }
}
