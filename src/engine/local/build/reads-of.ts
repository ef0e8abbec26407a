import { sha256Hex } from '../../../base/sha256.ts'
import type { BuildOperation, CopySource, RunMount, TreeRef } from '../../../planner/build/build-graph.ts'

type MadeRef = Exclude<TreeRef, { kind: 'context' }>

/**
 * Returns a text that says what the digests of `stepContents` are of: equal texts mean equal digests. Undefined for a step
 * that reads nothing, or whose files change by themselves: those of a context, and what is fetched.
 *
 * @param resultIdOf Returns the id of the result whose files are meant.
 */
export async function readsOf(
  operation: BuildOperation,
  resultIdOf: (ref: MadeRef) => Promise<string>,
): Promise<string | undefined> {
  const questions = questionsOf(operation)
  if (questions === undefined || questions.length === 0) return undefined
  const ids: string[] = []
  for (const { from } of questions) {
    if (from === undefined) continue
    if (from.kind === 'context') return undefined
    ids.push(await resultIdOf(from))
  }
  if (ids.length === 0) return undefined
  return sha256Hex(JSON.stringify([ids, settingsOf(operation), questions.map(({ asked }) => asked)]))
}

/** What is read, and where it is: nowhere for text of the Dockerfile itself. */
interface Question {
  readonly from: TreeRef | undefined
  readonly asked: unknown
}

/** Returns undefined if something is fetched. */
function questionsOf(operation: BuildOperation): readonly Question[] | undefined {
  switch (operation.kind) {
    case 'copy': {
      const questions = operation.sources.map(questionOf)
      return questions.every(question => question !== undefined) ? questions : undefined
    }
    case 'run':
      return operation.mounts.flatMap(mountQuestions)
    case 'workdir':
      return []
  }
}

function questionOf(source: CopySource): Question | undefined {
  switch (source.kind) {
    case 'tree':
      return { from: source.from, asked: source.path }
    case 'inline':
      return { from: undefined, asked: [source.name, source.content] }
    case 'url':
    case 'git':
      return undefined
  }
}

function mountQuestions(mount: RunMount): readonly Question[] {
  return mount.kind === 'bind' ? [{ from: mount.from, asked: mount.source }] : []
}

/** What decides which of the files at a path are read. */
function settingsOf(operation: BuildOperation): unknown {
  if (operation.kind !== 'copy') return operation.kind
  const { kind, sources: _, ...settings } = operation
  return [kind, settings]
}
