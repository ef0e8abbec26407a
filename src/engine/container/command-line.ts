import { TcomposeError } from '../../base/tcompose-error.ts'
import type { ImageConfig } from '../../model/image.ts'
import type { Service } from '../../model/service.ts'

/**
 * Returns the argument vector of a container's process: the file's `entrypoint` and `command` over the image's. An
 * `entrypoint` in the file sets the image's command aside too.
 *
 * @throws {TcomposeError} `container-launch` if nothing is left to run.
 */
export function commandLine(
  service: Pick<Service, 'name' | 'image' | 'entrypoint' | 'command'>,
  image: ImageConfig,
): readonly string[] {
  const { entrypoint, command } = service
  const argv =
    entrypoint === undefined
      ? [...image.entrypoint, ...(command ?? image.command)]
      : [...entrypoint, ...(command ?? [])]
  if (argv[0] === undefined || argv[0] === '') {
    throw new TcomposeError(
      'container-launch',
      `Cannot start service "${service.name}": neither the file nor image "${service.image}" names a command`,
      { hint: `Set services.${service.name}.command`, origin: `services.${service.name}` },
    )
  }
  return argv
}
