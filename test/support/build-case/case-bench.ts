import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TestProject } from '../test-project.ts'
import { type BaseImage, makeBaseImages, packImage } from './base-images.ts'

/** A place to build cases in: a project whose store holds the base images. */
export interface CaseBench extends AsyncDisposable {
  readonly kind: 'ready'
  readonly project: TestProject
  readonly bases: readonly BaseImage[]
}

/** A bench, or why the machine cannot have the base images. */
export type FoundCaseBench =
  | CaseBench
  | (AsyncDisposable & { readonly kind: 'missing'; readonly reason: string })

/** Loads the base images into a store of their own. Disposing fails if anything of a build is left on the host. */
export async function openCaseBench(): Promise<FoundCaseBench> {
  const bases = await makeBaseImages()
  if (bases.kind === 'missing') return { ...bases, [Symbol.asyncDispose]: async () => undefined }
  const project = new TestProject({})
  for (const base of bases.images) await loadImage(project, base)
  return {
    kind: 'ready',
    project,
    bases: bases.images,
    [Symbol.asyncDispose]: () => project[Symbol.asyncDispose](),
  }
}

async function loadImage(project: TestProject, base: BaseImage): Promise<void> {
  const archive = join(project.state, `${base.name}.tar`)
  writeFileSync(archive, await packImage(base))
  await project.succeed('image', 'load', '-i', archive)
  rmSync(archive)
}
