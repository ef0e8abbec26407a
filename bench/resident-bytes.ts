import { readdirSync, readFileSync } from 'node:fs'

const PAGE_BYTES = 4096

/** A process as the kernel shows it. */
export interface ProcessInfo {
  /** The first 15 characters of its name. */
  readonly name: string
  readonly commandLine: string
  /** `NAME=value` entries, each ended by a NUL. */
  readonly environment: string
}

/** Returns the resident memory in bytes of all processes that `belongs` picks. Shared pages are counted for each. */
export function residentBytes(belongs: (process: ProcessInfo) => boolean): number {
  return readdirSync('/proc')
    .filter(pid => /^\d+$/.test(pid))
    .map(pid => bytesOf(pid, belongs))
    .reduce((sum, bytes) => sum + bytes, 0)
}

function bytesOf(pid: string, belongs: (process: ProcessInfo) => boolean): number {
  try {
    const read = (file: string): string => readFileSync(`/proc/${pid}/${file}`, 'utf8')
    const info = { name: read('comm').trim(), commandLine: read('cmdline'), environment: read('environ') }
    return belongs(info) ? Number(read('statm').split(' ')[1]) * PAGE_BYTES : 0
  } catch {
    return 0
  }
}
