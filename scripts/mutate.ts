import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runBaseline } from './mutation/baseline.ts'
import { bringLoopbackUp, confinedTo, runConfined } from './mutation/confine.ts'
import { findMutants, type Mutant } from './mutation/find-mutants.ts'
import { mutantLine, mutantTable, NO_TEST } from './mutation/mutant-table.ts'
import { relatedTests } from './mutation/related-tests.ts'
import { sample } from './mutation/sample.ts'
import { makeScratchTree, type ScratchTree } from './mutation/scratch-tree.ts'
import { type MutantResult, tryMutant } from './mutation/try-mutant.ts'
import { readSourceFiles } from './rules/source-file.ts'

const USAGE = `Usage: npm run test:mutate -- [options] <file or folder below src>...

  --max <n>      Mutants to try (default: 40)
  --seed <n>     Which of them (default: 1)
  --tests <n>    Files of unit tests to try each with, the nearest by imports (default: 6)
  --slow <n>     Leave out files of tests that take more seconds (default: 8)
  --minutes <n>  Start no mutant after that (default: 30)
  --only <file>  Of these mutants, only those that the file has a line of: what survived an earlier run
  --list         Only list the mutants`

// Puts small mistakes into a copy of the sources, one at a time, and lists those that no related unit test finds.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    max: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
    tests: { type: 'string', default: '6' },
    slow: { type: 'string', default: '8' },
    minutes: { type: 'string', default: '30' },
    only: { type: 'string' },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help || positionals.length === 0) console.log(USAGE)
else if (values.list) console.log(chosenMutants().map(mutantLine).join('\n'))
else await mutateConfined()

async function mutateConfined(): Promise<void> {
  const given = confinedTo()
  if (given !== undefined) {
    bringLoopbackUp()
    return await mutate(makeScratchTree(join(given, 'tree')))
  }
  const folder = mkdtempSync(join(tmpdir(), 'tc-mutate-'))
  try {
    process.exitCode = await runConfined(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
  }
}

function chosenMutants(): readonly Mutant[] {
  const places = positionals.map(place => place.replace(/\/+$/, ''))
  const mutants = readSourceFiles('src')
    .filter(({ path }) => places.some(place => path === place || path.startsWith(`${place}/`)))
    .flatMap(({ path, text }) => findMutants(path, text))
  if (mutants.length === 0) throw new Error(`Cannot mutate ${positionals.join(' ')}: no file below src`)
  return sample(mutants.filter(isAsked()), wholeNumber('max'), wholeNumber('seed'))
}

function isAsked(): (mutant: Mutant) => boolean {
  if (values.only === undefined) return () => true
  const text = readFileSync(values.only, 'utf8')
  const lines = new Set(text.split('\n').map(line => line.replace(NO_TEST, '')))
  return mutant => lines.has(mutantLine(mutant))
}

async function mutate(tree: ScratchTree): Promise<void> {
  const deadline = performance.now() + wholeNumber('minutes') * 60_000
  const mutants = chosenMutants()
  const testsOf = testsOfFiles(mutants)
  const tests = [...new Set([...testsOf.values()].flat())]
  const baseline = await runBaseline(tree.path, tests, wholeNumber('slow') * 1000)
  for (const test of tests)
    if (!baseline.has(test)) console.error(`left out: ${test} fails, skips or is too slow`)
  const verdicts: MutantResult[] = []
  for (const mutant of mutants) {
    if (performance.now() > deadline) break
    const verdict = await tryMutant(mutant, { tree, baseline, tests: testsOf.get(mutant.path) ?? [] })
    verdicts.push(verdict)
    console.error(`${verdicts.length}/${mutants.length} ${verdict.end} ${mutantLine(mutant)}`)
  }
  console.log(mutantTable(verdicts))
}

function testsOfFiles(mutants: readonly Mutant[]): ReadonlyMap<string, readonly string[]> {
  const files = [...readSourceFiles('src'), ...readSourceFiles('test')]
  const paths = new Set(mutants.map(({ path }) => path))
  return new Map([...paths].map(path => [path, relatedTests(path, files, wholeNumber('tests'))]))
}

function wholeNumber(option: 'max' | 'seed' | 'tests' | 'slow' | 'minutes'): number {
  const text = values[option]
  if (!/^\d+$/.test(text)) throw new Error(`Cannot use --${option} ${text}: not a whole number`)
  return Number(text)
}
