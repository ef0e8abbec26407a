import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compile, runBinaryTool, SANITIZE } from '../../scripts/native/compile.ts'
import { type FuzzTarget, linkFuzzTarget } from '../../scripts/native/fuzz-target.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const TARGET =
  '#include <string.h>\nint tested (const char *);\nint main (void) { return tested ("/missing"); }\n'
const REPLACEMENT =
  'int __wrap_unlink (const char *p);\nint __wrap_unlink (const char *p) { return (int) strlen (p) - 8; }\n'
const TESTED =
  '#include <unistd.h>\nint tested (const char *p);\nint tested (const char *p) { return unlink (p); }\n'
const UNUSED =
  '#include <unistd.h>\nint other (const char *p);\nint other (const char *p) { return rmdir (p); }\n'

test('linkFuzzTarget() refuses a target that reaches a call which nothing replaces', () => {
  using folder = temporaryFolder()
  const target = compileTarget(folder.path, { target: TARGET })
  expect(() => linkFuzzTarget(target)).toThrow(/reaches calls that nothing replaces: unlink, expected/)
  expect(existsSync(target.output)).toBe(false)
})

test('linkFuzzTarget() refuses the checked variant of a call whose plain one is replaced', () => {
  using folder = temporaryFolder()
  const tested = TESTED.replace('unlink (p)', '__read_chk (0, 0, 0, 0) + unlink (p)')
  const declared = tested.replace(
    'int tested',
    'int __read_chk (int, void *, unsigned long, unsigned long);\nint tested',
  )
  const target = compileTarget(folder.path, { target: TARGET + REPLACEMENT, tested: declared })
  expect(() => linkFuzzTarget(target)).toThrow(/nothing replaces: __read_chk, expected/)
})

test('linkFuzzTarget() links a target whose calls are replaced, and leaves out what it does not need', () => {
  using folder = temporaryFolder()
  const target = compileTarget(folder.path, { target: TARGET + REPLACEMENT })
  linkFuzzTarget(target)
  expect(runBinaryTool(target.output, [])).toBe('')
  expect(runBinaryTool('nm', [target.output])).not.toContain('rmdir')
})

interface Sources {
  readonly target: string
  readonly tested?: string
}

function compileTarget(folder: string, { target, tested = TESTED }: Sources): FuzzTarget {
  const sources = { target, tested, unused: UNUSED }
  for (const [name, text] of Object.entries(sources)) writeFileSync(join(folder, `${name}.c`), text)
  compile([...SANITIZE, '-c', 'target.c', 'tested.c', 'unused.c'], folder)
  const library = join(folder, 'library.a')
  runBinaryTool('ar', ['rc', library, join(folder, 'tested.o'), join(folder, 'unused.o')])
  return { object: join(folder, 'target.o'), library, output: join(folder, 'fuzz') }
}
