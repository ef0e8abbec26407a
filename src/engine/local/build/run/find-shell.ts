import { posix } from 'node:path'
import { TcomposeError } from '../../../../base/tcompose-error.ts'
import type { LayeredTree } from '../../../../disk/layered-tree.ts'
import type { RunOperation } from '../../../../planner/build/build-graph.ts'
import { programCandidates } from '../../../../runtime/launch/program-candidates.ts'
import type { StepPlace } from './run-error.ts'

/** Programs that read commands from a terminal. */
const SHELLS: ReadonlySet<string> = new Set(['sh', 'ash', 'bash', 'dash', 'fish', 'ksh', 'mksh', 'zsh'])

/** Where images have one, the usual place first; the last are those of images that are all but empty. */
const PLACES: readonly string[] = ['/bin/sh', '/bin/bash', '/bin/ash', '/bin/dash', '/busybox/sh']

/** A step in whose files a shell is looked for. */
export interface ShellPlace extends StepPlace {
  readonly operation: RunOperation
}

/**
 * Returns the arguments of a shell of `tree`: the one that the step's command is given to, or else one at a usual place.
 *
 * @throws {TcomposeError} `build-step` if there is none.
 */
export function findShell({ label, span, operation }: ShellPlace, tree: LayeredTree): readonly string[] {
  const candidates = [...ownShell(operation), ...PLACES.map(path => [path])]
  const found = candidates.find(([program = '']) =>
    programCandidates(program, operation.environment).some(path =>
      isProgram(tree, posix.resolve('/', operation.workingDir, path)),
    ),
  )
  if (found !== undefined) return found
  throw new TcomposeError('build-step', `Cannot open a shell in the files of "${label}": they have none`, {
    span,
    hint: `Looked for ${PLACES.join(', ')}; copy one of them into the stage to look at its files`,
  })
}

/** `/bin/bash` of `/bin/bash -o pipefail -c "npm ci"`, `/busybox sh` of `/busybox sh -c true`. */
function ownShell({ argv }: RunOperation): readonly (readonly string[])[] {
  const firstOption = argv.findIndex(word => word.startsWith('-'))
  const words = argv.slice(0, Math.max(0, firstOption))
  return SHELLS.has(posix.basename(words.at(-1) ?? '')) ? [words] : []
}

function isProgram(tree: LayeredTree, path: string): boolean {
  const stats = tree.lookup(path)?.stats
  return stats?.isFile() === true && (stats.mode & ANY_EXECUTE) !== 0n
}

const ANY_EXECUTE = 0o111n
