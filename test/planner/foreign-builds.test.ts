import { describe, expect, test } from 'vitest'
import type { BuildConfig } from '../../src/model/build.ts'
import { parsePlatform } from '../../src/model/platform.ts'
import type { Service } from '../../src/model/service.ts'
import { toDesiredState } from '../../src/planner/desired-state.ts'
import { foreignBuilds } from '../../src/planner/foreign-builds.ts'
import { planBuildImages } from '../../src/planner/plan-build-images.ts'
import { aBuildConfig } from '../support/build-config.ts'
import { aProject, aService, sha256Hex } from '../support/model-builders.ts'

function planOf({ services }: { readonly services: readonly Service[] }) {
  return planBuildImages(toDesiredState(aProject(services), {}, sha256Hex))
}

function built(name: string, changes: Partial<BuildConfig> = {}, rest: Partial<Service> = {}): Service {
  return aService(name, { image: `shop-${name}`, build: aBuildConfig(changes), ...rest })
}

describe('foreignBuilds()', () => {
  const machine = parsePlatform('linux/amd64')

  test('finds each platform that the machine does not build for', () => {
    const services = [
      built('a', { platforms: [machine, parsePlatform('linux/arm64'), parsePlatform('linux/arm/v7')] }),
      built('b', {}, { platform: parsePlatform('linux/riscv64') }),
    ]
    expect(
      foreignBuilds(planOf({ services }), machine).map(({ message, origin }) => [message, origin]),
    ).toEqual([
      [
        'Cannot build the image of service "a" for linux/arm64: this machine builds for linux/amd64',
        'services.a.build.platforms.1',
      ],
      [
        'Cannot build the image of service "a" for linux/arm/v7: this machine builds for linux/amd64',
        'services.a.build.platforms.2',
      ],
      [
        'Cannot build the image of service "b" for linux/riscv64: this machine builds for linux/amd64',
        'services.b.platform',
      ],
    ])
  })

  test('is content with the platform of the machine, and with Linux', () => {
    const services = [built('a', { platforms: [machine] }, { platform: parsePlatform('linux') })]
    expect(foreignBuilds(planOf({ services }), machine)).toEqual([])
  })
})
