import { expect, test } from 'vitest'
import { parseLink } from '../../src/model/link.ts'

test('parseLink() reads a name, and the alias behind it', () => {
  expect(parseLink('db')).toEqual({ target: 'db', alias: 'db' })
  expect(parseLink('shop-db-1:store')).toEqual({ target: 'shop-db-1', alias: 'store' })
})

test('parseLink() finds no link in other text', () => {
  for (const text of ['', ':', 'db:', ':store', 'a:b:c']) expect(parseLink(text)).toBeUndefined()
})
