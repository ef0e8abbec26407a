import { expect, test } from 'vitest'
import { isInterfaceName } from '../../src/base/is-interface-name.ts'

test.each(['eth0', 'lan-0.7', 'a', 'fifteen-letters', 'ü', '...'])('isInterfaceName() takes %s', text => {
  expect(isInterfaceName(text)).toBe(true)
})

test.each(['', 'sixteen-letters-', 'a b', 'a/b', 'a:b', 'eth%d', '.', '..', 'all', 'default', 'üüüüüüüü'])(
  'isInterfaceName() refuses "%s"',
  text => {
    expect(isInterfaceName(text)).toBe(false)
  },
)
