import { servicePath } from '../base/model-path.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import type { PlatformName } from '../model/platform.ts'
import type { Plan } from './plan.ts'

/** Returns an error for each platform that `plan` wants to build for and that is not the machine's. */
export function foreignBuilds(
  { steps }: Pick<Plan, 'steps'>,
  machine: PlatformName,
): readonly TcomposeError[] {
  return steps.flatMap(({ action }) => {
    if (action.kind !== 'build-image') return []
    const { service, platform, config } = action.build
    const wanted = [
      ...(platform === undefined ? [] : [{ platform, origin: servicePath(service, 'platform') }]),
      ...config.platforms.map((listed, index) => ({
        platform: listed,
        origin: servicePath(service, 'build', 'platforms', index),
      })),
    ]
    return wanted
      .filter(isForeign)
      .map(
        ({ platform: foreign, origin }) =>
          new TcomposeError(
            'build-unsupported',
            `Cannot build the image of service "${service}" for ${foreign}: this machine builds for ${machine}`,
            { hint: 'Remove the platform, or build on a machine that has it', origin },
          ),
      )
  })

  function isForeign({ platform }: { readonly platform: PlatformName }): boolean {
    return platform !== machine && platform !== 'linux'
  }
}
