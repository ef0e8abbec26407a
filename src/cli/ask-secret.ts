import type { TextOutput } from './cli-ports.ts'

/** The part of a terminal's input stream that a secret is read from. */
export interface SecretInput {
  setRawMode(isRaw: boolean): unknown
  resume(): unknown
  pause(): unknown
  on(event: 'data', listener: (chunk: Buffer) => void): unknown
  off(event: 'data', listener: (chunk: Buffer) => void): unknown
}

const INTERRUPT = '\u0003'
const END_OF_INPUT = '\u0004'
const KILL_LINE = '\u0015'
const ERASE: ReadonlySet<string> = new Set(['\u0008', '\u007f'])
const LINE_ENDS: ReadonlySet<string> = new Set(['\r', '\n', END_OF_INPUT])

/**
 * Asks on `output` and returns the line that was typed, of which the terminal shows nothing. Erasing works as in a line
 * of the terminal's own; Ctrl-C interrupts this process as it would there, and the line is empty then. The terminal is
 * as before afterwards.
 */
export async function askSecret(question: string, input: SecretInput, output: TextOutput): Promise<string> {
  // In this order, for who types as soon as the question is there.
  input.setRawMode(true)
  try {
    output.write(question)
    return await readLine(input)
  } finally {
    input.setRawMode(false)
    input.pause()
    output.write('\n')
  }
}

function readLine(input: SecretInput): Promise<string> {
  return new Promise(resolve => {
    let typed: readonly string[] = []
    const onData = (chunk: Buffer): void => {
      for (const key of chunk.toString('utf8')) {
        if (LINE_ENDS.has(key) || key === INTERRUPT) {
          input.off('data', onData)
          if (key === INTERRUPT) interruptOneself(() => resolve(''))
          else resolve(typed.join(''))
          return
        }
        typed = afterKey(typed, key)
      }
    }
    input.on('data', onData)
    input.resume()
  })
}

/**
 * Calls `then` after all present listeners have received the signal, so that none takes what `then` does for an answer.
 */
function interruptOneself(then: () => void): void {
  process.once('SIGINT', then)
  process.kill(process.pid, 'SIGINT')
}

function afterKey(typed: readonly string[], key: string): readonly string[] {
  if (key === KILL_LINE) return []
  if (ERASE.has(key)) return typed.slice(0, -1)
  return [...typed, key]
}
