import type { Cgroup } from './cgroup.ts'
import { type CgroupFiles, hostCgroupFiles } from './cgroup-files.ts'

/** Bytes that went between processes and block devices. */
export interface BlockTraffic {
  readonly read: number
  readonly written: number
}

const V1_FILES = ['blkio.throttle.io_service_bytes_recursive', 'blkio.bfq.io_service_bytes_recursive']

/**
 * Returns what a control group has read and written; undefined where the host does not count it. Of both versions only groups with
 * a limit of it have the controller.
 */
export function readBlockTraffic(
  { folders }: Cgroup,
  files: CgroupFiles = hostCgroupFiles,
): BlockTraffic | undefined {
  for (const folder of folders) {
    const unified = files.read(`${folder}/io.stat`)
    if (unified !== undefined)
      return { read: sum(unified, /\brbytes=(\d+)/g), written: sum(unified, /\bwbytes=(\d+)/g) }
    for (const file of V1_FILES) {
      const text = files.read(`${folder}/${file}`)
      if (text !== undefined)
        return { read: sum(text, / Read (\d+)$/gm), written: sum(text, / Write (\d+)$/gm) }
    }
  }
  return undefined
}

/**
 * Returns what processes that live have read and written, which /proc counts for each: see proc_pid_io(5). One that ends meanwhile
 * counts nothing.
 */
export function sumBlockTraffic(
  pids: readonly number[],
  read: (path: string) => string | undefined = path => hostCgroupFiles.read(path),
): BlockTraffic {
  const texts = pids.map(pid => textOf(pid, read))
  const all = texts.join('\n')
  return { read: sum(all, /^read_bytes: (\d+)$/gm), written: sum(all, /^write_bytes: (\d+)$/gm) }
}

/** A process that is gone between the opening and the reading gives ESRCH. */
function textOf(pid: number, read: (path: string) => string | undefined): string {
  try {
    return read(`/proc/${pid}/io`) ?? ''
  } catch {
    return ''
  }
}

function sum(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].reduce((total, [, number]) => total + Number(number), 0)
}
