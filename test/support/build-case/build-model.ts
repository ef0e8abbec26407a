import { chmodSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { CaseBench } from './case-bench.ts'
import { buildOnce, type CaseRun } from './case-build.ts'
import type { ImageDescription } from './describe-image.ts'
import { type ModelProject, modelDockerfile, type RunOutput } from './model-project.ts'

/** How to build a model. */
export interface ModelBuild {
  readonly name: string
  readonly output: RunOutput
  readonly flags?: readonly string[]
  /** Further arguments. */
  readonly args?: Readonly<Record<string, string>>
}

/** Writes a model's files anew and builds it. @throws {Error} If the build fails. */
export async function buildModel(
  { project, bases }: CaseBench,
  model: ModelProject,
  { name, output, flags = [], args = {} }: ModelBuild,
): Promise<ImageDescription> {
  const folder = join(project.folder, name)
  writeModel(folder, model, output)
  const buildCase = { name, about: '', definition: {}, files: new Map(), expected: {} }
  const run: CaseRun = { project, bases, buildCase, folder, url: '' }
  const result = await buildOnce(run, {
    flags,
    build: { args: { ...Object.fromEntries(model.args), ...args } },
  })
  if (result.kind === 'failed') throw new Error(`Cannot build the model: ${result.output}`)
  return result.image
}

function writeModel(folder: string, model: ModelProject, output: RunOutput): void {
  rmSync(folder, { recursive: true, force: true })
  for (const [path, { content, mode, seconds }] of model.files) {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true, mode: 0o755 })
    writeFileSync(file, content)
    chmodSync(file, mode)
    utimesSync(file, seconds, seconds)
  }
  writeFileSync(join(folder, 'Dockerfile'), modelDockerfile(model, output))
  writeFileSync(join(folder, '.dockerignore'), '**/*.log\n')
}
