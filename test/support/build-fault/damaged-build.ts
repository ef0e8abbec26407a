import assert from 'node:assert/strict'
import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Random } from '../../siege/random.ts'
import type { FaultBench, FaultProject } from './fault-bench.ts'

/** Steps of every kind, with mounts. */
export const MOUNTING_STEPS: FaultProject = {
  files: {
    'ctx/.dockerignore': '*.log',
    'ctx/src/a': 'a\n',
    'ctx/src/b': 'b\n',
    'ctx/Dockerfile': `FROM base:1 AS made
COPY src /src
RUN --mount=type=bind,source=src,target=/in cat /in/a /src/b > /cat
FROM base:1
WORKDIR /w
COPY --from=made /cat /src ./
RUN --mount=type=cache,target=/c ls /w > /c/list; cp /c/list /list
`,
  },
}

/** What builds keep for the next ones, below the data folder. */
const RECORDS: readonly string[] = [
  'build/steps/*',
  'build/contexts/*',
  'build/last/*',
  'layers/index/*',
  'layers/sizes/*',
  'layers/implied/*',
]

/** A way in which a file is not as it was written. */
export type Damage = 'empty' | 'other bytes' | 'missing' | 'folder'

/** All ways. */
export const DAMAGES: readonly [Damage, ...Damage[]] = ['empty', 'other bytes', 'missing', 'folder']

/** Which files are damaged, and how. */
export interface DamageOptions {
  readonly damage: Damage
  readonly random: Random
  /** What the image is like that nothing disturbed. */
  readonly tree: unknown
}

/** Damages about half of all that builds keep, and expects right images of the sources as they were and of others. */
export async function surviveDamage(
  bench: FaultBench,
  { damage, random, tree }: DamageOptions,
): Promise<void> {
  const paths = RECORDS.flatMap(pattern => globSync(pattern, { cwd: bench.roots.data }))
  for (const path of paths) if (random.below(2) === 0) HANDS[damage](join(bench.roots.data, path))
  await bench.mustBuild()
  bench.project.write('ctx/src/a', `${damage} ${random.below(1000)}\n`)
  await bench.mustBuild()
  bench.project.write('ctx/src/a', 'a\n')
  await bench.mustBuild()
  assert.deepEqual((await bench.describe()).tree, tree)
  bench.expectNothingLeft()
}

/** The file may be a folder, from damage before. */
const HANDS: Readonly<Record<Damage, (path: string) => void>> = {
  empty: path => replace(path, ''),
  'other bytes': path => replace(path, 'tcompose\0\xff{"version":1}\n'.repeat(9)),
  missing: path => rmSync(path, { recursive: true }),
  folder: path => {
    rmSync(path, { recursive: true })
    mkdirSync(path)
  },
}

function replace(path: string, content: string): void {
  rmSync(path, { recursive: true })
  writeFileSync(path, content)
}
