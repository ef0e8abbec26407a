import { compile, runBinaryTool, SANITIZE } from './compile.ts'
import { isHarmless } from './harmless-calls.ts'

/** The inputs of linking a fuzz target. Paths are absolute. */
export interface FuzzTarget {
  /** The target's own object. A function `__wrap_NAME` in it replaces the call NAME wherever the library makes it. */
  readonly object: string
  /** The archive of the code under test; only the members that it needs are linked. */
  readonly library: string
  readonly output: string
}

/**
 * Links a fuzz target that cannot reach the system: each call out of its own objects is replaced, or is on the list of
 * harmless ones.
 *
 * @throws {Error} If it makes another call; the message names all of them, and nothing is linked.
 */
export function linkFuzzTarget({ object, library, output }: FuzzTarget): void {
  const whole = `${output}.whole.o`
  const wraps = symbolsOf(object, '--defined-only').flatMap(wrapOf)
  compile(['-r', '-nostdlib', object, library, ...wraps, '-o', whole])
  const calls = symbolsOf(whole, '--undefined-only').filter(name => !isHarmless(name))
  if (calls.length > 0)
    throw new Error(
      `${object} reaches calls that nothing replaces: ${calls.join(' ')}, expected __wrap_ functions`,
    )
  compile([...SANITIZE, whole, '-o', output])
}

function wrapOf(symbol: string): readonly string[] {
  return symbol.startsWith(WRAP) ? [`-Wl,--wrap=${symbol.slice(WRAP.length)}`] : []
}

const WRAP = '__wrap_'

function symbolsOf(object: string, which: string): readonly string[] {
  const lines = runBinaryTool('nm', [which, '--portability', object]).split('\n')
  return lines.flatMap(line => line.split(' ', 1)).filter(name => name !== '')
}
