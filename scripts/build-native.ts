import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { projectRoot } from './project-root.ts'

/** A program made of C sources. */
interface NativeProgram {
  readonly output: string
  readonly sources: readonly string[]
  readonly flags: readonly string[]
}

const LANGUAGE = ['-std=gnu11', '-D_GNU_SOURCE']
const WARNINGS = [
  ...['-Wall', '-Wextra', '-Werror', '-Wshadow', '-Wconversion', '-Wswitch-enum'],
  ...['-Wmissing-prototypes', '-Wformat=2'],
]
const RELEASE = ['-O2', '-fstack-protector-strong', '-static', '-s']
const SANITIZE = ['-O1', '-g', '-fno-omit-frame-pointer', '-fsanitize=address,undefined']
const FAILS_ON_UNDEFINED = ['-fno-sanitize-recover=all']

/**
 * Builds the keeper into dist/native, or with `--sanitize` its sanitizer build and the C tests into build/native. What
 * was built from the same sources with the same flags is left alone.
 */
function buildNative(args: readonly string[]): void {
  for (const program of args.includes('--sanitize') ? sanitized() : [keeper()]) build(program)
}

function keeper(): NativeProgram {
  const sources = filesIn('native', '.c')
  const id = hashOf(sources).slice(0, 12)
  return { output: 'dist/native/keeper', sources, flags: [...RELEASE, `-DTC_BUILD_ID="${id}"`] }
}

function sanitized(): readonly NativeProgram[] {
  const sources = filesIn('native', '.c')
  const library = sources.filter(source => source !== 'native/main.c')
  const flags = [...SANITIZE, ...FAILS_ON_UNDEFINED]
  const tests = filesIn('test/native', '.test.c')
  return [
    { output: 'build/native/keeper-asan', sources, flags },
    ...tests.map(test => ({
      output: `build/native/${test.slice('test/native/'.length, -'.test.c'.length)}`,
      sources: [...library, test],
      flags: [...flags, '-Inative', ...wrapsOf(test)],
    })),
  ]
}

/** A test names the calls that it replaces in a line `wrap: mount umount2 ...`. */
function wrapsOf(test: string): readonly string[] {
  const lines = readFileSync(join(projectRoot, test), 'utf8').matchAll(/^ *\*? *wrap: (.*)$/gm)
  return [...lines].flatMap(([, names = '']) => names.split(' ').map(name => `-Wl,--wrap=${name}`))
}

function filesIn(folder: string, extension: string): readonly string[] {
  return readdirSync(join(projectRoot, folder))
    .filter(name => name.endsWith(extension))
    .sort()
    .map(name => `${folder}/${name}`)
}

function build({ output, sources, flags }: NativeProgram): void {
  const target = join(projectRoot, output)
  const args = [...LANGUAGE, ...WARNINGS, ...flags, ...sources]
  const stamp = createHash('sha256').update(JSON.stringify(args)).update(hashOf(sources)).digest('hex')
  if (
    existsSync(target) &&
    existsSync(`${target}.stamp`) &&
    readFileSync(`${target}.stamp`, 'utf8') === stamp
  )
    return
  mkdirSync(dirname(target), { recursive: true })
  compile([...args, '-o', `${target}.${process.pid}.tmp`])
  renameSync(`${target}.${process.pid}.tmp`, target)
  writeFileSync(`${target}.stamp`, stamp)
  console.log(`built ${output}`)
}

function hashOf(sources: readonly string[]): string {
  const hash = createHash('sha256')
  for (const file of [...sources, ...filesIn('native', '.h'), ...filesIn('test/native', '.h')])
    hash.update(`${file}\0`).update(readFileSync(join(projectRoot, file)))
  return hash.digest('hex')
}

function compile(args: readonly string[]): void {
  const { error, status, signal } = spawnSync('cc', args, { cwd: projectRoot, stdio: 'inherit' })
  if (error !== undefined) stop(`there is no C compiler, expected "cc" on PATH (${INSTALL})`)
  if (status === 0) return
  if (!canLinkStatic())
    stop(`cc cannot link a static program, expected libc with headers and libc.a (${INSTALL})`)
  stop(`cc ended with ${signal ?? `exit code ${status}`}`)
}

const INSTALL = 'Debian: apt-get install gcc libc6-dev'

function canLinkStatic(): boolean {
  const args = ['-static', '-x', 'c', '-', '-o', '/dev/null']
  return spawnSync('cc', args, { input: '#include <stdio.h>\nint main(void) { return 0; }\n' }).status === 0
}

function stop(reason: string): never {
  console.error(`Cannot build the keeper: ${reason}`)
  process.exit(1)
}

buildNative(process.argv.slice(2))
