import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { bundleProgram, type Program } from './bundle/bundle-program.ts'
import { fillCodeCache } from './bundle/fill-code-cache.ts'
import { projectRoot } from './project-root.ts'
import { runScript } from './run-script.ts'

/**
 * Builds everything that runs: validators, keeper, bundles with their code caches. Every file of `dist` is replaced
 * by rename and the old ones stay until the new ones are in place, so a command that starts meanwhile works.
 */
async function build(): Promise<void> {
  const started = performance.now()
  mkdirSync(join(projectRoot, 'dist'), { recursive: true })
  await runScriptIfThere('scripts/build-schemas.ts')
  await runScriptIfThere('scripts/build-native.ts')
  await runScript('scripts/build-filters.ts')
  const built = await Promise.all(PROGRAMS.filter(isThere).map(bundleProgram))
  for (const bundle of built) await fillCodeCache(bundle)
  await runScript('scripts/build-man-pages.ts')
  console.log(`built dist in ${Math.round(performance.now() - started)} ms`)
}

const PROGRAMS: readonly Program[] = [
  {
    name: 'tcompose',
    entry: 'src/cli/main.ts',
    acting: [['down', '--progress', 'tty'], ['down']],
    training: [['logs'], ['version'], ['config', '-q'], ['config'], ['down'], ['--help']],
    trainingOnRunning: [
      ['ps'],
      ['plan'],
      ['up', '-d'],
      ['up', '-d', '--progress', 'tty'],
      ['exec', '-T', 'web', 'true'],
      // A command that acts would act on this machine.
      ['run', '--dry-run', '--rm', '-T', 'web', 'true'],
    ],
    trainingOnRegistry: [['pull', '-q']],
    trainingOnDockerfile: [['build', '-q']],
  },
  { name: 'supervisor', entry: 'src/engine/local/supervisor/main.ts', training: [[]], trainingOnRunning: [] },
  {
    name: 'unpack-worker',
    entry: 'src/store/layers/unpack-worker.ts',
    training: [[]],
    trainingOnRunning: [],
  },
  {
    name: 'view-worker',
    entry: 'src/engine/local/access/view-worker.ts',
    training: [],
    trainingOnRunning: [],
  },
  { name: 'seal-worker', entry: 'src/store/built/seal-worker.ts', training: [[]], trainingOnRunning: [] },
]

function isThere({ entry }: Program): boolean {
  return existsSync(join(projectRoot, entry))
}

async function runScriptIfThere(path: string): Promise<void> {
  if (existsSync(join(projectRoot, path))) await runScript(path)
}

await build()
