import { expect, test } from 'vitest'
import { parsePlatform } from '../../src/model/platform.ts'

const platforms: readonly (readonly [text: string, name: string])[] = [
  ['linux', 'linux'],
  ['linux/amd64', 'linux/amd64'],
  ['Linux/X86_64', 'linux/amd64'],
  ['linux/amd64/v1', 'linux/amd64'],
  ['linux/amd64/v3', 'linux/amd64/v3'],
  ['linux/arm64/v8', 'linux/arm64'],
  ['linux/arm64/8', 'linux/arm64'],
  ['linux/aarch64', 'linux/arm64'],
  ['arm64', 'linux/arm64'],
  ['linux/arm', 'linux/arm/v7'],
  ['linux/armhf', 'linux/arm/v7'],
  ['linux/armel', 'linux/arm/v6'],
  ['linux/arm/6', 'linux/arm/v6'],
  ['i386', 'linux/386'],
  ['linux/riscv64', 'linux/riscv64'],
  ['windows/amd64', 'windows/amd64'],
]
for (const [text, name] of platforms) {
  test(`parsePlatform() reads ${text} as ${name}`, () => {
    expect(parsePlatform(text)).toBe(name)
    expect(parsePlatform(name)).toBe(name)
  })
}

for (const text of ['', 'linux/', '/amd64', 'a/b/c/d', 'linux/am d64', 'linux/*']) {
  test(`parsePlatform() refuses ${JSON.stringify(text)}`, () => {
    expect(() => parsePlatform(text)).toThrow(SyntaxError)
  })
}
