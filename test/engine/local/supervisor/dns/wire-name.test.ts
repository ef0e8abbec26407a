import { expect, test } from 'vitest'
import { foldCase, wireName } from '../../../../../src/engine/local/supervisor/dns/wire-name.ts'

test('wireName() has each label behind its length, and no name that DNS cannot send', () => {
  expect(wireName('web.shop_default')).toBe('\x03web\x0cshop_default')
  expect(wireName('a'.repeat(63))).toBe(`?${'a'.repeat(63)}`)
  for (const name of ['', 'a..b', '.a', 'a.', 'a'.repeat(64), Array(65).fill('aaa').join('.')])
    expect(wireName(name)).toBeUndefined()
})

test('foldCase() folds letters of ASCII alone, as the name server does', () => {
  expect(foldCase('\x04WeB-\x02\xc4\xe4')).toBe('\x04web-\x02\xc4\xe4')
})
