import { readdirSync } from 'node:fs'
import { readText } from './process-stat.ts'

/**
 * Tells whether the kernel throws `signal` away when it is sent to process `pid` from outside of its PID namespace:
 * pid_namespaces(7), the first process of a namespace gets only what it has a handler for, but for SIGKILL and SIGSTOP.
 * What it blocks it may fetch, as with sigwait(3), and what it ignores on purpose it may soon take again: these are not
 * thrown away. False for a process that has ended.
 */
export function discardsSignal(pid: number, signal: number): boolean {
  if (signal === SIGKILL || signal === SIGSTOP) return false
  const status = readText(`/proc/${pid}/status`)
  const ids = /^NSpid:\s+(.*)$/m.exec(status)?.[1]?.split(/\s+/) ?? []
  if (ids.length < 2 || ids.at(-1) !== '1') return false
  const isSet = (text: string, field: string): boolean => maskHas(text, field, signal)
  if (isSet(status, 'SigCgt') || isSet(status, 'SigIgn')) return false
  return threadsOf(pid).every(thread => {
    const folder = `/proc/${pid}/task/${thread}`
    return (
      !isSet(readText(`${folder}/status`), 'SigBlk') && !maySignalsBeFetched(readText(`${folder}/syscall`))
    )
  })
}

/** Numbers of rt_sigtimedwait(2). */
const FETCHING: ReadonlyMap<string, string> = new Map([
  ['x64', '128'],
  ['arm64', '137'],
])

/** While a thread waits for signals, the kernel shows them as not blocked. `syscall` is empty where nobody may see it. */
function maySignalsBeFetched(syscall: string): boolean {
  const fetching = FETCHING.get(process.arch)
  return syscall === '' || fetching === undefined || syscall.split(' ', 1)[0] === fetching
}

const SIGKILL = 9
const SIGSTOP = 19

function maskHas(status: string, field: string, signal: number): boolean {
  const mask = new RegExp(`^${field}:\\s+([0-9a-f]+)$`, 'm').exec(status)?.[1] ?? '0'
  return ((BigInt(`0x${mask}`) >> BigInt(signal - 1)) & 1n) === 1n
}

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    // It has ended.
    return []
  }
}
