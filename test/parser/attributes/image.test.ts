import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('image', s => s.image, [
  { yaml: 'image: nginx', value: 'nginx' },
  { yaml: 'image: registry.example/a/b:1.2', value: 'registry.example/a/b:1.2' },
  { yaml: 'image: "a@sha256:00"', value: 'a@sha256:00' },
  { yaml: 'image: a:${TAG:-1}', value: 'a:1' },
  { yaml: 'image: rootfs:./root', value: 'rootfs:/project/root' },
])

testRefused('image', ['image:', 'image: 1', 'image: ""'])
