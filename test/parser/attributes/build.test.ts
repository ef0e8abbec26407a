import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('build', [
  { yaml: 'build: .', value: { context: '/project', dockerfile: 'Dockerfile' } },
  { yaml: 'build: {context: ./a, dockerfile: D}', value: { context: '/project/a', dockerfile: 'D' } },
  { yaml: 'build: {}', value: { context: '/project', dockerfile: 'Dockerfile' } },
  { yaml: 'build: {dockerfile_inline: FROM a}', value: { context: '/project', dockerfile_inline: 'FROM a' } },
  {
    yaml: 'build: {context: "https://example.org/a.git"}',
    value: { context: 'https://example.org/a.git', dockerfile: 'Dockerfile' },
  },
  {
    yaml: 'build: {args: [A=b], no_cache: "true"}',
    value: { context: '/project', dockerfile: 'Dockerfile', args: { A: 'b' }, no_cache: true },
  },
  {
    yaml: 'build: {ssh: {default: , key: ./id}}',
    value: { context: '/project', dockerfile: 'Dockerfile', ssh: ['default', 'key=/project/id'] },
  },
  {
    yaml: 'build: {ssh: [default]}',
    value: { context: '/project', dockerfile: 'Dockerfile', ssh: ['default'] },
  },
  {
    yaml: 'build: {args: {A: 1}}',
    value: { context: '/project', dockerfile: 'Dockerfile', args: { A: '1' } },
  },
  {
    yaml: 'build: {shm_size: 64m, ulimits: {nofile: 5}}',
    value: { context: '/project', dockerfile: 'Dockerfile', shm_size: '67108864', ulimits: { nofile: 5 } },
  },
])

testRefused('build', ['build: 1', 'build: {dockerfile: a, dockerfile_inline: b}', 'build: {args: a}'])
