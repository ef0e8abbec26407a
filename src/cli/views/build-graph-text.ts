import type { InspectedBuild } from '../../app/inspect-builds.ts'
import { safeLine } from './safe-text.ts'
import { textTable } from './text-table.ts'

/** Returns the steps of builds, a line each, behind those that they start from or read. */
export function buildGraphText(builds: readonly InspectedBuild[]): string {
  return builds.map(buildText).join('\n')
}

/** Returns the steps of builds by service, for programs. */
export function buildGraphJson(builds: readonly InspectedBuild[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    builds.map(({ build: { service, image }, inspection: { images, steps } }) => [
      service,
      { image, baseImages: images, steps: steps ?? null },
    ]),
  )
}

function buildText({ build: { service, image }, inspection: { images, steps } }: InspectedBuild): string {
  const from = images.length === 0 ? '' : `, from ${images.join(', ')}`
  const head = safeLine(`${service}: ${image}${from}`)
  if (steps === undefined)
    return `${head}\n  its steps depend on an image that is not on this machine; "tcompose build" fetches it\n`
  const rows = steps.map(({ id, stage, position, count, text, dependsOn }) => [
    ` ${String(id).padStart(2)}`,
    `[${stage} ${position}/${count}]`,
    text,
    dependsOn.length === 0 ? '' : `after ${dependsOn.join(', ')}`,
  ])
  return `${head}\n${textTable(rows)}`
}
