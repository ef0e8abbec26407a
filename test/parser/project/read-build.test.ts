import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadMemory } from '../../support/memory-project.ts'

const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom(
    'a',
    './b',
    '/c\0',
    '~',
    'service:web',
    'service:',
    'docker-image://x',
    'oci-layout://../y:1',
    'git@h:p',
    'github.com/a',
    'https://h/a.git#b:c',
    'type=local,src=d,dest=e',
    '"type=registry,ref=f',
    'x=y',
    '=',
    '',
    'linux/arm64',
    '${GONE}',
    '64m',
    '-1',
  ),
)
const flag = fc.oneof(fc.boolean(), text)
const list = fc.oneof(text, fc.array(text, { maxLength: 3 }))
const map = fc.dictionary(text, fc.oneof(text, fc.constant(null)), { maxKeys: 3 })

/** Builds of which parts may be right. */
const arbitraryBuild = fc.oneof(
  text,
  fc.record(
    {
      context: text,
      dockerfile: text,
      dockerfile_inline: text,
      args: fc.oneof(list, map),
      additional_contexts: fc.oneof(list, map),
      labels: fc.oneof(list, map),
      cache_from: list,
      cache_to: list,
      no_cache: flag,
      no_cache_filter: list,
      pull: flag,
      network: text,
      shm_size: text,
      ulimits: fc.dictionary(text, fc.oneof(fc.integer(), fc.record({ soft: text, hard: text })), {
        maxKeys: 2,
      }),
      extra_hosts: fc.oneof(list, map),
      privileged: flag,
      entitlements: list,
      secrets: fc.array(fc.oneof(text, fc.record({ source: text, target: text, uid: text, mode: text })), {
        maxLength: 2,
      }),
      ssh: fc.oneof(list, map),
      platforms: list,
      tags: list,
      provenance: flag,
      'x-note': text,
    },
    { requiredKeys: [] },
  ),
)

const arbitrarySecrets = fc.dictionary(
  text,
  fc.record({ file: text, environment: text, external: flag }, { requiredKeys: [] }),
  { maxKeys: 3 },
)

test('readBuild() gives a model or diagnostics, whatever a build holds', () => {
  fc.assert(
    fc.property(arbitraryBuild, arbitrarySecrets, fc.boolean(), (build, secrets, allowUnsupported) => {
      const file = JSON.stringify({ services: { web: { build } }, secrets })
      const { value, diagnostics } = loadMemory({
        files: { 'compose.yaml': file },
        request: { allowUnsupported },
      })
      const errors = diagnostics.filter(({ severity }) => severity === 'error')
      expect(value === undefined).toBe(errors.length > 0)
      expect(errors.filter(({ span }) => span === undefined)).toEqual([])
      if (value !== undefined) expect(value.services.get('web')?.build).toBeDefined()
    }),
    { numRuns: 500 },
  )
})
