import { closeSync, constants, openSync, readSync } from 'node:fs'
import { errnoNameOf } from '../base/errno-name-of.ts'

/**
 * Returns the name of the process that the kernel killed last for lack of memory in the control group at `path`, from the
 * root of its hierarchy; undefined where its log does not tell, or may not be read.
 */
export function readOomVictim(
  path: string,
  readLog: () => readonly string[] = readKernelLog,
): string | undefined {
  const record = readLog().findLast(line => line.includes('oom-kill:') && line.includes(`oom_memcg=${path},`))
  return record === undefined ? undefined : /,task=([^,]*),pid=/.exec(record)?.[1]
}

/** The longest record that the kernel gives. */
const RECORD_BYTES = 8192

/** dev-kmsg: each read(2) gives one record; EPIPE means that some were overwritten meanwhile. */
function readKernelLog(): readonly string[] {
  try {
    return readRecords(openSync('/dev/kmsg', constants.O_RDONLY | constants.O_NONBLOCK))
  } catch (error) {
    if (UNREADABLE.has(errnoNameOf(error) ?? '')) return []
    throw error
  }
}

const UNREADABLE: ReadonlySet<string> = new Set(['ENOENT', 'EPERM', 'EACCES', 'ENODEV', 'EINVAL'])

function readRecords(descriptor: number): readonly string[] {
  const records: string[] = []
  const buffer = Buffer.alloc(RECORD_BYTES)
  try {
    for (;;) {
      try {
        const size = readSync(descriptor, buffer)
        if (size === 0) return records
        records.push(buffer.toString('latin1', 0, size))
      } catch (error) {
        const name = errnoNameOf(error)
        if (name === 'EAGAIN') return records
        if (name !== 'EPIPE') throw error
      }
    }
  } finally {
    closeSync(descriptor)
  }
}
