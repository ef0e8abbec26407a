import { rmSync, writeFileSync } from 'node:fs'
import type { TestProject } from '../test-project.ts'
import type { BaseImage } from './base-images.ts'
import type { BuildCase, CaseChange } from './build-case.ts'
import { describeImage, type ImageDescription } from './describe-image.ts'

/** A case in the course of its builds. */
export interface CaseRun {
  readonly project: TestProject
  readonly bases: readonly BaseImage[]
  readonly buildCase: BuildCase
  /** The context. */
  readonly folder: string
  /** What `$URL` stands for. */
  readonly url: string
}

/** What came of one build. */
export type CaseBuild =
  | { readonly kind: 'built'; readonly output: string; readonly image: ImageDescription }
  | { readonly kind: 'failed'; readonly output: string }

/** Builds a case by `tcompose build`, and reads the image from what `image save` writes. */
export async function buildOnce(run: CaseRun, change: CaseChange): Promise<CaseBuild> {
  const { project, bases, buildCase } = run
  const file = `${run.folder}.yaml`
  writeFileSync(file, composeText(run, change))
  const env = { ...buildCase.definition.env, ...change.env }
  const result = await project.run(['-f', file, 'build', ...(change.flags ?? [])], { env })
  const output = `${result.stdout}${result.stderr}`
  if (result.exitCode !== 0) return { kind: 'failed', output }
  const archive = `${run.folder}.tar`
  await project.succeed('image', 'save', '--format', 'docker', '-o', archive, imageOf(buildCase))
  const image = describeImage(archive, bases)
  rmSync(archive)
  return { kind: 'built', output, image }
}

/** Returns the name of the image of the case's service. */
export function imageOf({ name, definition }: BuildCase): string {
  return definition.noImage === true ? `case-${name}-a` : `case-${name}:1`
}

function composeText({ buildCase, folder, url }: CaseRun, change: CaseChange): string {
  const { name, definition } = buildCase
  const image = definition.noImage === true ? {} : { image: imageOf(buildCase) }
  const build = { context: folder, ...definition.build, ...change.build }
  const document = {
    name: `case-${name}`,
    services: { a: { ...image, ...definition.a, build }, ...definition.services },
    ...definition.top,
  }
  return JSON.stringify(document, undefined, 1).replaceAll('$URL', url).replaceAll('$DIR', folder)
}
