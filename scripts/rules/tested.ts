import { dirname, posix } from 'node:path'
import type { Finding, SourceFile } from './source-file.ts'

/** Files that run as root or in a process of their own, and the test that runs them there. */
const RUN_ELSEWHERE: Readonly<Record<string, string>> = {
  'src/cli/process-ports.ts': 'test/e2e/output.test.ts',
  'src/engine/local/access/attach-container.ts': 'test/e2e/attach.test.ts',
  'src/engine/local/access/await-end.ts': 'test/e2e/wait-command.test.ts',
  'src/engine/local/access/commit-container.ts': 'test/e2e/commit.test.ts',
  'src/engine/local/access/container-root.ts': 'test/e2e/copy.test.ts',
  'src/engine/local/access/copy-files.ts': 'test/e2e/copy.test.ts',
  'src/engine/local/access/export-files.ts': 'test/e2e/export.test.ts',
  'src/engine/local/access/follow-events.ts': 'test/e2e/events.test.ts',
  'src/engine/local/access/open-view.ts': 'test/e2e/copy.test.ts',
  'src/engine/local/access/pause-container.ts': 'test/e2e/pause.test.ts',
  'src/engine/local/access/read-container-usage.ts': 'test/e2e/stats.test.ts',
  'src/engine/local/access/tar-chunks.ts': 'test/e2e/copy.test.ts',
  'src/engine/local/access/upper-layer.ts': 'test/e2e/commit.test.ts',
  'src/engine/local/attach/join-streams.ts': 'test/e2e/attach.test.ts',
  'src/engine/local/attach/run-on-streams.ts': 'test/e2e/exec-streams.test.ts',
  'src/engine/local/attach/run-on-terminal.ts': 'test/e2e/exec-streams.test.ts',
  'src/engine/local/files/mirror-into-container.ts': 'test/e2e/watch.test.ts',
  'src/engine/local/observe/disk-usage.ts': 'test/e2e/image-archive.test.ts',
  'src/linux/terminal-size.ts': 'test/e2e/exec-streams.test.ts',
  'src/oci/docker-archive.ts': 'test/e2e/image-archive.test.ts',
}

/** From a test that is not of the file's folder: to the file that it is about, and from there. */
const FAR_IMPORTS = 2

/**
 * A source file that runs has a test of its name at the mirrored path, or a test of its folder or of one above it reaches
 * it by imports, or a test elsewhere does within two.
 */
export function checkTested(
  files: readonly SourceFile[],
  tests: readonly SourceFile[],
  runElsewhere: Readonly<Record<string, string>> = RUN_ELSEWHERE,
): readonly Finding[] {
  const paths = files.map(({ path }) => path)
  const imports = new Map([...files, ...tests].map(file => [file.path, importedBy(file, paths)]))
  const starts = tests.map(({ path }) => path).filter(path => path.endsWith('.test.ts'))
  const far = reachedFrom(starts, imports, FAR_IMPORTS)
  const near = new Map(
    [...Map.groupBy(starts, dirname)].map(([folder, own]) => [folder, reachedFrom(own, imports)]),
  )
  const isReached = (path: string): boolean =>
    far.has(path) ||
    imports.has(twinOf(path)) ||
    foldersAbove(twinOf(path)).some(folder => near.get(folder)?.has(path) === true)
  const untested = files
    .filter(file => isRunning(file) && !isReached(file.path) && !(file.path in runElsewhere))
    .map(({ path }) => path)
  const stale = Object.entries(runElsewhere).filter(
    ([path, test]) => !imports.has(path) || !imports.has(test) || isReached(path),
  )
  return [
    ...untested.map(path =>
      finding(path, `No test at ${twinOf(path)}, in its folder, or within two imports`),
    ),
    ...stale.map(([path, test]) =>
      finding(path, `It is not for ${test} alone to run it: scripts/rules/tested.ts`),
    ),
  ]
}

function finding(place: string, message: string): Finding {
  return { severity: 'error', place, message }
}

function isRunning({ path, text }: SourceFile): boolean {
  return /^export (async )?(function|class|const)/m.test(text) && !path.endsWith('/main.ts')
}

function twinOf(path: string): string {
  return path.replace(/^src/, 'test').replace(/\.ts$/, '.test.ts')
}

/** Returns the folders that hold `path`, but for the outermost, which holds all. */
function foldersAbove(path: string): readonly string[] {
  const folder = dirname(path)
  return folder.includes('/') ? [folder, ...foldersAbove(folder)] : []
}

/** Types do not run. An `import()` of a template is one of every file that fits it. */
function importedBy({ path, text, imports }: SourceFile, paths: readonly string[]): readonly string[] {
  const patterns = [...text.matchAll(/\bimport\(`([^`]+)`\)/g)].map(([, template = '']) =>
    patternOf(path, template),
  )
  return [
    ...imports.flatMap(({ target, typeOnly }) => (target === undefined || typeOnly ? [] : [target])),
    ...(patterns.length === 0 ? [] : paths.filter(other => patterns.some(pattern => pattern.test(other)))),
  ]
}

/** Each `${...}` of a template is a part of a path without `/`. */
function patternOf(path: string, template: string): RegExp {
  const parts = posix.join(dirname(path), template).split(/\$\{[^}]*\}/)
  return new RegExp(`^${parts.map(part => part.replaceAll(/[.+]/g, '\\$&')).join('[^/]+')}$`)
}

/** Breadth first, `depth` imports far. */
function reachedFrom(
  starts: readonly string[],
  imports: ReadonlyMap<string, readonly string[]>,
  depth: number = Number.POSITIVE_INFINITY,
): ReadonlySet<string> {
  const reached = new Set(starts)
  let level: readonly string[] = starts
  for (let steps = 0; steps < depth && level.length > 0; steps++) {
    level = [...new Set(level.flatMap(path => imports.get(path) ?? []))].filter(path => !reached.has(path))
    for (const path of level) reached.add(path)
  }
  return reached
}
