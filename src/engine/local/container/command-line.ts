import { servicePath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { ImageConfig } from '../../../model/image.ts'
import type { Service } from '../../../model/service.ts'

/**
 * Returns the argument vector of a container's process: the file's `entrypoint` and `command` over the image's. An
 * `entrypoint` in the file sets the image's command aside too, unless it is an empty list. As Docker has it, one empty word
 * is no entrypoint either.
 *
 * @throws {TcomposeError} `container-launch` if nothing is left to run.
 */
export function commandLine(
  service: Pick<Service, 'name' | 'image' | 'entrypoint' | 'command'>,
  image: ImageConfig,
): readonly string[] {
  const argv = argumentVector(service, image)
  if (argv[0] === undefined) {
    throw new TcomposeError(
      'container-launch',
      `Cannot start service "${service.name}": ${reasonOfNone(service, image)}`,
      { hint: `Set ${servicePath(service.name, 'command')}`, origin: servicePath(service.name) },
    )
  }
  if (argv[0] === '') {
    const origin = servicePath(service.name, service.entrypoint?.[0] === '' ? 'entrypoint' : 'command')
    throw new TcomposeError(
      'container-launch',
      `Cannot start service "${service.name}": the first word of its command line is empty, expected a program`,
      { hint: `Set ${origin}`, origin },
    )
  }
  return argv
}

function reasonOfNone(
  { image: reference, entrypoint }: Pick<Service, 'image' | 'entrypoint'>,
  image: ImageConfig,
): string {
  if (entrypoint === undefined || image.command.length === 0)
    return `neither the file nor image "${reference}" names a command`
  return `its entrypoint is empty and overrides the command of image "${reference}"`
}

function argumentVector(
  { entrypoint, command }: Pick<Service, 'entrypoint' | 'command'>,
  image: ImageConfig,
): readonly string[] {
  const [own, rest] =
    entrypoint === undefined || entrypoint.length === 0
      ? [entrypoint ?? image.entrypoint, command ?? image.command]
      : [entrypoint, command ?? []]
  return [...(isEmptyWord(own) ? [] : own), ...rest]
}

function isEmptyWord(words: readonly string[]): boolean {
  return words.length === 1 && words[0] === ''
}
