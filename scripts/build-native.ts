import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, parse } from 'node:path'
import { compile, LANGUAGE, runBinaryTool, SANITIZE, WARNINGS } from './native/compile.ts'
import { linkFuzzTarget } from './native/fuzz-target.ts'
import { projectRoot } from './project-root.ts'

const RELEASE = ['-O2', '-fstack-protector-strong', '-static', '-s']
const LIBRARY = ['-O2', '-fstack-protector-strong', '-shared', '-fPIC', '-s']
/** The init is a program without libc, of one page. */
const BARE = [
  ...['-Os', '-static', '-s', '-nostdlib', '-ffreestanding', '-fno-stack-protector', '-fno-pie', '-no-pie'],
  ...['-fno-asynchronous-unwind-tables', '-Wl,-z,noseparate-code', '-Wl,--build-id=none'],
]

/**
 * Builds the keeper, the front (`tcompose`), the relay of ports, the name server and the library of bulk calls into dist/native, or with
 * `--sanitize` their sanitizer builds and the C tests into build/native. Does nothing if the same sources and scripts are
 * built already.
 */
function buildNative(args: readonly string[]): void {
  if (args.includes('--sanitize')) buildUnlessThere('build/native/keeper-asan', buildSanitized)
  else buildUnlessThere('dist/native/keeper', buildKeeper)
}

/** Runs `build` in a scratch folder beside `output`, and moves the programs that it built to `output`. */
function buildUnlessThere(output: string, build: (scratch: string) => readonly string[]): void {
  const target = join(projectRoot, output)
  const stamp = hashOf([
    ...keeperSources(),
    ...sourcesIn(FRONT),
    ...sourcesIn(BULK),
    ...sourcesIn(RELAY),
    ...sourcesIn(NAMES),
    ...testSources(),
    ...scripts(),
  ])
  if (
    existsSync(target) &&
    existsSync(`${target}.stamp`) &&
    readFileSync(`${target}.stamp`, 'utf8') === stamp
  )
    return
  mkdirSync(dirname(target), { recursive: true })
  const scratch = mkdtempSync(`${target}.tmp-`)
  try {
    for (const name of build(scratch)) renameSync(join(scratch, name), join(dirname(target), name))
  } finally {
    rmSync(scratch, { recursive: true })
  }
  writeFileSync(`${target}.stamp`, stamp)
  console.log(`built ${output}`)
}

function buildKeeper(scratch: string): readonly string[] {
  const id = `-DTC_BUILD_ID="${hashOf(keeperSources()).slice(0, 12)}"`
  const output = join(scratch, 'keeper')
  const parts = [...filesIn('native', '.c'), ...filesIn('native', '.S')]
  compile([...LANGUAGE, ...WARNINGS, ...RELEASE, id, buildInit(scratch), ...parts, '-o', output])
  compile([...LANGUAGE, ...WARNINGS, ...RELEASE, ...filesIn(FRONT, '.c'), '-o', join(scratch, 'tcompose')])
  compile([...LANGUAGE, ...WARNINGS, ...LIBRARY, ...filesIn(BULK, '.c'), '-o', join(scratch, 'bulk.so')])
  compile([...LANGUAGE, ...WARNINGS, ...RELEASE, ...relayParts(), '-o', join(scratch, 'port-relay')])
  compile([...LANGUAGE, ...WARNINGS, ...RELEASE, ...namesParts(), '-o', join(scratch, 'name-server')])
  return ['bulk.so', 'keeper', 'name-server', 'port-relay', 'tcompose']
}

/** The library that Node loads, of libc as Node is. */
const BULK = 'native/bulk'

/** The program that users start: it hands commands to the warm process, or to a Node of their own. */
const FRONT = 'native/front'

/** The program that relays published ports. */
const RELAY = 'native/relay'

function relayParts(): readonly string[] {
  return [...filesIn(RELAY, '.c'), ...sharedParts()]
}

/** The embedded DNS server. */
const NAMES = 'native/names'

function namesParts(): readonly string[] {
  return [...filesIn(NAMES, '.c'), ...sharedParts()]
}

/** What these two have of the keeper. */
function sharedParts(): readonly string[] {
  return ['clock', 'descriptors', 'endpoint', 'error', 'loop', 'wire'].map(name => `native/${name}.c`)
}

/** Returns the flag with the path of the program for native/init_program.S. */
function buildInit(scratch: string): string {
  const output = join(scratch, 'tc-init')
  compile([...LANGUAGE, ...WARNINGS, ...BARE, ...filesIn('native/init', '.c'), '-o', output])
  return `-DTC_INIT_PROGRAM="${output}"`
}

/** The programs under sanitizers, and one for each C test; those named fuzz_* reach no system call. */
function buildSanitized(scratch: string): readonly string[] {
  const keeper = buildKeeperLibrary(scratch)
  const names = buildLibrary(scratch, 'names', namesParts())
  compile([...CHECKED, 'native/main.c', keeper, '-o', join(scratch, 'keeper-asan')])
  compile([...CHECKED, ...relayParts(), '-o', join(scratch, 'port-relay-asan')])
  compile([...CHECKED, ...namesParts(), '-o', join(scratch, 'name-server-asan')])
  const tests = filesIn('test/native', '.test.c')
  for (const test of tests) {
    const output = join(scratch, nameOf(test))
    const object = `${output}.test.o`
    const library = nameOf(test).endsWith('names') ? names : keeper
    compile([...CHECKED, '-Inative', '-c', test, '-o', object])
    if (nameOf(test).startsWith('fuzz_')) linkFuzzTarget({ object, library, output })
    else if (nameOf(test) === 'bulk') compile([...CHECKED, object, ...filesIn(BULK, '.c'), '-o', output])
    else compile([...SANITIZE, object, library, '-o', output])
  }
  return ['keeper-asan', 'name-server-asan', 'port-relay-asan', ...tests.map(nameOf)]
}

const CHECKED: readonly string[] = [...LANGUAGE, ...WARNINGS, ...SANITIZE]

/** Everything of the keeper but its `main`, as an archive. */
function buildKeeperLibrary(scratch: string): string {
  const parts = [...filesIn('native', '.c'), ...filesIn('native', '.S')]
  return buildLibrary(scratch, 'keeper', [buildInit(scratch), ...parts])
}

/** `parts` but their `main`, with the flags among them, as an archive. */
function buildLibrary(scratch: string, name: string, parts: readonly string[]): string {
  const library = join(scratch, `${name}.a`)
  const folder = join(scratch, `${name}-parts`)
  const flags = parts.filter(part => part.startsWith('-'))
  const members = parts.filter(part => !part.startsWith('-') && parse(part).name !== 'main')
  mkdirSync(folder)
  compile([...CHECKED, ...flags, '-c', ...members.map(source => join(projectRoot, source))], folder)
  runBinaryTool('ar', ['rc', library, ...members.map(source => join(folder, `${parse(source).name}.o`))])
  return library
}

function nameOf(test: string): string {
  return basename(test, '.test.c')
}

/** All sources of the keeper. */
function keeperSources(): readonly string[] {
  return ['native', 'native/init'].flatMap(folder =>
    ['.c', '.S', '.h'].flatMap(ending => filesIn(folder, ending)),
  )
}

function sourcesIn(folder: string): readonly string[] {
  return ['.c', '.h'].flatMap(ending => filesIn(folder, ending))
}

function testSources(): readonly string[] {
  return ['.c', '.h'].flatMap(ending => filesIn('test/native', ending))
}

function scripts(): readonly string[] {
  return ['scripts/build-native.ts', ...filesIn('scripts/native', '.ts')]
}

function filesIn(folder: string, ending: string): readonly string[] {
  return readdirSync(join(projectRoot, folder))
    .filter(name => name.endsWith(ending))
    .sort()
    .map(name => `${folder}/${name}`)
}

function hashOf(files: readonly string[]): string {
  const hash = createHash('sha256')
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(join(projectRoot, file)))
  return hash.digest('hex')
}

try {
  buildNative(process.argv.slice(2))
} catch (error) {
  console.error(`Cannot build the keeper: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
