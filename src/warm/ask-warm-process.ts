import { text } from 'node:stream/consumers'
import { type CallKind, encodeHeader } from './protocol.ts'
import { connectAt } from './warm-socket.ts'

/** How a warm process is doing. */
export interface WarmStatus {
  readonly pid: number
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** How many it has run. */
  readonly commands: number
  readonly residentBytes: number
  /** It ends when no project is there. */
  readonly withProjects: boolean
}

/** Returns how the process that listens at `path` is doing; undefined if none of this version does. */
export async function describeWarmProcess(path: string): Promise<WarmStatus | undefined> {
  const answer = await call(path, 'describe')
  try {
    return answer === undefined ? undefined : (JSON.parse(answer) as WarmStatus)
  } catch {
    return undefined
  }
}

/** Lets the process that listens at `path` end when its command has ended. */
export async function endWarmProcess(path: string): Promise<void> {
  await call(path, 'end')
}

async function call(path: string, kind: CallKind): Promise<string | undefined> {
  const socket = await connectAt(path)
  if (socket === undefined) return undefined
  socket.write(encodeHeader({ kind, textBytes: 0, umask: 0, argumentCount: 0 }))
  return await text(socket).catch(() => undefined)
}
