import { expect, test } from 'vitest'
import { parsePlatform } from '../../src/model/platform.ts'
import { machinePlatform, platformRank } from '../../src/oci/platform.ts'

/** Which images suit a wish, the best first. */
const choices: readonly (readonly [
  wanted: string,
  suited: readonly string[],
  unsuited: readonly string[],
])[] = [
  ['linux/amd64', ['linux/amd64', 'linux/amd64/v1'], ['linux/amd64/v2', 'linux/386', 'linux/arm64']],
  ['linux/amd64/v3', ['linux/amd64/v3', 'linux/amd64/v2', 'linux/amd64'], ['linux/amd64/v4']],
  ['linux/arm64', ['linux/arm64', 'linux/arm64/v8'], ['linux/arm/v7', 'windows/arm64']],
  ['linux/arm/v7', ['linux/arm', 'linux/arm/v7', 'linux/arm/v6', 'linux/arm/v5'], ['linux/arm/v8']],
  ['linux/arm/v6', ['linux/arm/v6', 'linux/arm/v5', 'linux/arm'], ['linux/arm/v7']],
  ['linux/riscv64', ['linux/riscv64'], ['linux/riscv64/rva23']],
  ['linux/mips/softfloat', ['linux/mips/softfloat', 'linux/mips'], ['linux/mips/hardfloat']],
]
for (const [wanted, suited, unsuited] of choices) {
  test(`platformRank() chooses for ${wanted}`, () => {
    const rank = (text: string) => {
      const [os = '', architecture = '', variant] = text.split('/')
      return platformRank({ os, architecture, variant }, parsePlatform(wanted))
    }
    const ranks = suited.map(rank)
    expect(ranks).not.toContain(undefined)
    expect(ranks).toEqual(ranks.toSorted((a, b) => (a ?? 0) - (b ?? 0)))
    expect(new Set(ranks).size).toBe(ranks.length)
    expect(unsuited.map(rank)).toEqual(unsuited.map(() => undefined))
  })
}

test("machinePlatform() turns Node's names into those of images", () => {
  expect(['x64', 'arm64', 'arm', 'ia32', 'ppc64'].map(name => machinePlatform(name))).toEqual([
    'linux/amd64',
    'linux/arm64',
    'linux/arm/v7',
    'linux/386',
    'linux/ppc64le',
  ])
})
