import { join } from 'node:path'
import type { JsonObject } from '../../../src/base/json-reader.ts'
import type { BuildCase } from './build-case.ts'
import type { CaseBench } from './case-bench.ts'
import { buildOnce, type CaseRun, imageOf } from './case-build.ts'
import type { ImageDescription } from './describe-image.ts'
import { serveFiles } from './file-server.ts'
import { layOutCase, runScript } from './lay-out-case.ts'

/**
 * Builds a case and then each of its changes, and returns what came of it in the form of `expected.json`: for an error
 * its line, else `from`, `config`, `history` and `tree` of the image and, for each change, whether the steps that make the
 * files `/rnd*` ran. `output` is what the first build wrote.
 */
export async function runBuildCase(
  { project, bases }: CaseBench,
  buildCase: BuildCase,
): Promise<{ readonly outcome: JsonObject; readonly output: string }> {
  const { http, hits, flags = [] } = buildCase.definition
  const folder = join(project.folder, buildCase.name)
  layOutCase(buildCase, folder)
  await using server = await serveFiles(http ?? {})
  const run: CaseRun = { project, bases, buildCase, folder, url: server.url }
  const first = await buildOnce(run, { flags })
  const outcome =
    first.kind === 'failed'
      ? await describeFailure(run, first.output)
      : { ...(await describeSuccess(run, first)), ...(await buildChanges(run, first.image)) }
  return { outcome: { ...outcome, ...(hits === true && { hits: server.countHits() }) }, output: first.output }
}

/** An expectation without a line fits any. */
async function describeFailure({ project, buildCase }: CaseRun, output: string): Promise<JsonObject> {
  const { definition, expected } = buildCase
  const inspected = await project.run(['image', 'inspect', imageOf(buildCase)])
  const line = isLineless(expected) ? null : lineIn(output)
  return {
    error: { line },
    ...unmatched('noMatch', definition.match, output),
    ...(inspected.exitCode === 0 && { made: true }),
  }
}

function isLineless({ error }: JsonObject): boolean {
  return typeof error === 'object' && error !== null && 'line' in error && error.line === null
}

function lineIn(output: string): number | null {
  const found = /\b(?:[\w.-]*Dockerfile[\w.-]*|dockerfile_inline):(\d+)/i.exec(output)
  return found === null ? null : Number(found[1])
}

function unmatched(key: string, pattern: string | undefined, output: string): JsonObject {
  return pattern === undefined || new RegExp(pattern, 'i').test(output) ? {} : { [key]: pattern }
}

async function describeSuccess(
  { project, buildCase }: CaseRun,
  { image, output }: { readonly image: ImageDescription; readonly output: string },
): Promise<JsonObject> {
  const { says, images = [], created } = buildCase.definition
  const absent: string[] = []
  for (const name of images) {
    if ((await project.run(['image', 'inspect', name])).exitCode !== 0) absent.push(name)
  }
  return {
    from: image.from,
    config: image.config,
    history: image.history,
    tree: image.tree,
    ...(created === true && { created: image.created }),
    ...unmatched('doesNotSay', says, output),
    ...(absent.length > 0 && { absent }),
  }
}

async function buildChanges(run: CaseRun, first: ImageDescription): Promise<JsonObject> {
  const { changes } = run.buildCase.definition
  if (changes === undefined) return {}
  const outcomes: unknown[] = []
  let last = first
  for (const change of changes) {
    runScript(change.setup, run.folder)
    const next = await buildOnce(run, change)
    if (next.kind === 'failed') return { changes: [...outcomes, { line: lineIn(next.output) }] }
    outcomes.push(compareRandom(last, next.image))
    last = next.image
  }
  return { changes: outcomes }
}

function compareRandom(before: ImageDescription, after: ImageDescription): JsonObject {
  return Object.fromEntries(
    [...after.random].map(([path, digest]) => [path, before.random.get(path) === digest ? 'cached' : 'ran']),
  )
}
