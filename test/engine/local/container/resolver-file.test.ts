import { expect, test } from 'vitest'
import { parseResolverFile, resolverFileText } from '../../../../src/engine/local/container/resolver-file.ts'

test('parseResolverFile() takes the last domains, all options, and keeps what it does not know', () => {
  const text = `
# by hand
; so is this
nameserver 10.0.0.1
  nameserver\t2001:db8::1 # first
domain one.test
search two.test three.test
options ndots:2
options timeout:1 rotate
sortlist 10.0.0.0/8
`
  const file = parseResolverFile(text)
  expect(file).toEqual({
    nameservers: ['10.0.0.1', '2001:db8::1'],
    search: ['two.test', 'three.test'],
    options: ['ndots:2', 'timeout:1', 'rotate'],
    others: ['sortlist 10.0.0.0/8'],
  })
  expect(parseResolverFile(resolverFileText(file))).toEqual(file)
  expect(parseResolverFile('search two.test\ndomain one.test').search).toEqual(['one.test'])
})
