import { expect, test } from 'vitest'
import { isTagTemplate, tagOf } from '../../src/model/log-target.ts'

const subject = { id: 'ab'.repeat(32), name: 'shop-web-1', image: 'web:1' }

for (const [template, tag] of [
  ['{{.ID}}', 'abababababab'],
  ['{{.ImageName}}/{{ .Name }}', 'web:1/shop-web-1'],
  ['plain', 'plain'],
] as const) {
  test(`tagOf() makes ${tag} of ${template}`, () => {
    expect(isTagTemplate(template)).toBe(true)
    expect(tagOf(template, subject)).toBe(tag)
  })
}

for (const template of ['{{.Nothing}}', '{{.ID', '{{index .ContainerLabels "a"}}']) {
  test(`isTagTemplate() does not know ${template}`, () => expect(isTagTemplate(template)).toBe(false))
}
