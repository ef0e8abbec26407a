import type { Check } from './check.ts'
import { variablesIn } from './variables-in.ts'

/** FROM does not name the platform that it has anyway. */
export const redundantTargetPlatform: Check = {
  name: 'RedundantTargetPlatform',
  find: ({ stages }) =>
    stages.flatMap(({ from: { platform } }) => {
      if (platform === undefined || !/^\$(?:TARGETPLATFORM|\{TARGETPLATFORM\})$/.test(platform.text))
        return []
      const message = `"${platform.text}" is the platform of every FROM`
      return [{ message, span: platform.span, hint: 'remove --platform' }]
    }),
}

const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['x86_64', 'amd64'],
  ['x86-64', 'amd64'],
  ['aarch64', 'arm64'],
  ['i386', '386'],
])

/** The platform of FROM is no constant, unless the stage is named after it. */
export const fromPlatformFlagConstDisallowed: Check = {
  name: 'FromPlatformFlagConstDisallowed',
  find: ({ stages, escape: escapeCharacter }) =>
    stages.flatMap(({ from: { platform, name } }) => {
      if (platform === undefined) return []
      if (variablesIn(platform.text, { escape: escapeCharacter, hasQuotes: true }).length > 0) return []
      const parts = platform.text.toLowerCase().split('/').slice(0, 2)
      const stage = name?.text.toLowerCase() ?? ''
      if (parts.some(part => stage.includes(OTHER_NAMES.get(part) ?? part))) return []
      const message = `platform "${platform.text}" is constant`
      return [
        {
          message,
          span: platform.span,
          hint: 'write --platform=$BUILDPLATFORM, or name the platform with the build',
        },
      ]
    }),
}
