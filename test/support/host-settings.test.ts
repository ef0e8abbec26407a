import { chmodSync, mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { changedSettings, readHostSettings, type SettingPlaces } from './host-settings.ts'
import { temporaryFolder } from './temporary-folder.ts'

test('changedSettings() finds a folder with a different mode', () => {
  using folder = temporaryFolder()
  const places = placesIn(folder.path)
  const before = readHostSettings(places)
  chmodSync(join(folder.path, 'busy'), 0o770)
  const owner = `owner ${process.getuid?.()}:${process.getgid?.()}`
  expect(changedSettings(before, readHostSettings(places))).toEqual([
    `${folder.path}/busy: ${owner}, mode 770, was ${owner}, mode 755`,
  ])
})

test('changedSettings() finds a static folder that was written to', () => {
  using folder = temporaryFolder()
  const places = placesIn(folder.path)
  const before = readHostSettings(places)
  utimesSync(join(folder.path, 'still'), 1, 1)
  expect(changedSettings(before, readHostSettings(places))).toEqual([
    expect.stringMatching(/still: owner .* modified 1970-01-01T00:00:01.000Z and 0 ns, changed .*, was /),
  ])
})

test('changedSettings() finds a static folder that was set to the mode that it has', () => {
  using folder = temporaryFolder()
  const places = placesIn(folder.path)
  const still = join(folder.path, 'still')
  const before = readHostSettings(places)
  const { ctimeMs } = statSync(still)
  while (statSync(still).ctimeMs === ctimeMs) chmodSync(still, 0o755)
  expect(changedSettings(before, readHostSettings(places))).toHaveLength(1)
})

test('changedSettings() finds a kernel parameter that differs, and none that the kernel changes, adds or fixes', () => {
  using folder = temporaryFolder()
  const places = placesIn(folder.path)
  const set = (name: string, value: string): void => writeFileSync(join(places.parameters, name), value)
  set('kernel/panic', '0\n')
  set('kernel/ns_last_pid', '7\n')
  set('net/ipv4/ip_forward', '0\n')
  set('kernel/version', '1\n')
  chmodSync(join(places.parameters, 'kernel/version'), 0o444)
  const before = readHostSettings(places)
  set('kernel/panic', '10\n')
  set('kernel/ns_last_pid', '8\n')
  set('net/ipv4/ip_forward', '1\n')
  set('net/ipv4/tcp_brought', '1\n')
  expect(changedSettings(before, readHostSettings(places))).toEqual(['kernel/panic: 10, was 0'])
})

test('changedSettings() finds nothing if nothing was done, and reads the host itself', () => {
  const before = readHostSettings()
  expect(changedSettings(before)).toEqual([])
  expect([...before.keys()]).toEqual(
    expect.arrayContaining(['/', '/etc', 'kernel/core_pattern', 'vm/swappiness']),
  )
})

function placesIn(folder: string): SettingPlaces {
  for (const name of ['still', 'busy', 'sys/kernel', 'sys/net/ipv4']) {
    mkdirSync(join(folder, name), { recursive: true })
    chmodSync(join(folder, name), 0o755)
  }
  return {
    still: [join(folder, 'still')],
    busy: [join(folder, 'busy')],
    parameters: join(folder, 'sys'),
  }
}
