import { expect, test } from 'vitest'
import { hookEffects } from '../../../../src/engine/local/device/cdi-hooks.ts'

const aHook = (...args: readonly string[]) => ({
  hookName: 'createContainer',
  path: `/usr/bin/${args[0]}`,
  args,
})

const known = [
  {
    hook: aHook('nvidia-cdi-hook', 'create-symlinks', '--link', 'a.so.1::/lib/a.so', '--link=../b::/lib/c/b'),
    effects: [
      { kind: 'link', target: 'a.so.1', path: '/lib/a.so' },
      { kind: 'link', target: '../b', path: '/lib/c/b' },
    ],
  },
  {
    hook: aHook('nvidia-ctk', 'hook', 'update-ldcache', '--folder', '/lib/x/', '--ldconfig-path', '/sbin/x'),
    effects: [{ kind: 'library-folder', folder: '/lib/x' }],
  },
  {
    hook: aHook('nvidia-cdi-hook', 'create-soname-symlinks', '--folder=/lib/x'),
    effects: [{ kind: 'library-folder', folder: '/lib/x' }],
  },
  {
    hook: aHook('nvidia-cdi-hook', 'chmod', '--mode', '755', '--path', '/dev/dri'),
    effects: [{ kind: 'folder-mode', path: '/dev/dri', mode: 0o755 }],
  },
  {
    hook: aHook('nvidia-cdi-hook', 'enable-cuda-compat', '--host-driver-version=535.1'),
    effects: [{ kind: 'cuda-compatibility', driver: '535.1' }],
  },
  {
    hook: aHook('nvidia-cdi-hook', 'disable-device-node-modification'),
    effects: [{ kind: 'fixed-nodes' }],
  },
  { hook: aHook('nvidia-cdi-hook', 'enable-device-node-modification'), effects: [] },
]
for (const { hook, effects } of known) {
  test(`hookEffects() knows ${hook.args.join(' ')}`, () => {
    expect(hookEffects(hook, 'spec.json')).toEqual(effects)
  })
}

const unknown = [
  aHook('other-hook', 'create-symlinks', '--link', 'a::/b'),
  aHook('nvidia-ctk', 'create-symlinks', '--link', 'a::/b'),
  aHook('nvidia-cdi-hook', 'format-disk'),
  aHook('nvidia-cdi-hook', 'create-symlinks', '--link', 'a::b'),
  aHook('nvidia-cdi-hook', 'create-symlinks', '--link'),
  aHook('nvidia-cdi-hook', 'update-ldcache', '--folder', 'lib'),
  aHook('nvidia-cdi-hook', 'update-ldcache', '--other', '/lib'),
  aHook('nvidia-cdi-hook', 'chmod', '--mode', 'u+x', '--path', '/dev/dri'),
  { hookName: 'createContainer', path: '/usr/bin/nvidia-cdi-hook' },
]
for (const hook of unknown) {
  test(`hookEffects() refuses ${'args' in hook ? hook.args.join(' ') : hook.path}`, () => {
    expect(() => hookEffects(hook, 'spec.json')).toThrow(
      'Cannot use "spec.json": this version does not know its hook "/usr/bin/',
    )
  })
}
