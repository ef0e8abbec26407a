import { spawn } from 'node:child_process'
import type { Content, ContentCommand } from '../app/content-reader.ts'
import { errnoNameOf } from '../base/errno-name-of.ts'

/** How much of what a program says on standard error is kept, to explain its failure. */
const COMPLAINT_BYTES = 4096

/**
 * Runs a program and returns its standard output, at most `mib`, without the line break at its end. It has no standard
 * input, is the leader of a process group, and ends with all of that group when its time is over.
 */
export function runContentCommand(command: ContentCommand, mib: number): Promise<Content> {
  const [program = '', ...args] = command.argv
  const { promise, resolve } = Promise.withResolvers<Content>()
  const child = spawn(program, args, {
    cwd: command.folder,
    env: Object.fromEntries(command.environment),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const output: Buffer[] = []
  let size = 0
  let complaint = Buffer.alloc(0)
  let cause: string | undefined
  const end = (reason: string) => {
    cause ??= reason
    killGroup(child.pid)
  }
  const timer = setTimeout(() => end(`it took longer than ${command.timeout / 1000} s`), command.timeout)
  const onAbort = () => end('it was interrupted')
  command.signal?.addEventListener('abort', onAbort)
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > mib * 1024 * 1024) end(`it wrote more than ${mib} MiB`)
    else output.push(chunk)
  })
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = Buffer.concat([complaint, chunk]).subarray(-COMPLAINT_BYTES)
  })
  child.once('error', error => {
    cause ??= errnoNameOf(error) === 'ENOENT' ? `"${program}" was not found` : error.message
  })
  child.once('close', (code, signal) => {
    clearTimeout(timer)
    command.signal?.removeEventListener('abort', onAbort)
    if (cause === undefined && code === 0)
      resolve({ kind: 'read', bytes: withoutLineBreak(Buffer.concat(output)) })
    else
      resolve({
        kind: 'unreadable',
        reason: cause ?? describeEnd({ code, signal }, complaint.toString('utf8')),
      })
  })
  return promise
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if (errnoNameOf(error) !== 'ESRCH') throw error
  }
}

function withoutLineBreak(bytes: Buffer): Buffer {
  return bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes
}

function describeEnd(
  { code, signal }: { readonly code: number | null; readonly signal: string | null },
  complaint: string,
): string {
  const ended = signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`
  const said = complaint.trim().split('\n').at(-1) ?? ''
  return said === '' ? ended : `${ended} (${said})`
}
