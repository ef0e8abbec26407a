import { expect, test } from 'vitest'
import { linkedNames } from '../../../../../src/engine/local/supervisor/dns/linked-names.ts'
import { foldCase, wireName } from '../../../../../src/engine/local/supervisor/dns/wire-name.ts'

const wire = (name: string) => foldCase(wireName(name) ?? '')

test('linkedNames() has each alias with folded case, and behind the name of each network, and none that cannot be sent', () => {
  const links = new Map([
    ['Sql', 'DB'],
    ['bad..alias', 'db'],
  ])
  expect(linkedNames(links, ['shop_default', 'shop_back'])).toEqual(
    new Map([
      [wire('sql'), wire('db')],
      [wire('sql.shop_default'), wire('db.shop_default')],
      [wire('sql.shop_back'), wire('db.shop_back')],
    ]),
  )
})
