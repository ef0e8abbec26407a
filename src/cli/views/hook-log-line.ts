import type { HookLine, LogLine } from '../../app/index.ts'

/** Returns a line of a hook as one of its container's log. */
export function hookLogLine({ kind, step, ...line }: HookLine, now: number): LogLine {
  return { ...line, kind: 'line', isHook: true, time: new Date(now).toISOString() }
}
