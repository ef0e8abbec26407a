import { posix } from 'node:path'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { CdiHook } from '../../../oci/cdi/cdi-spec.ts'

/** What a hook does to a container. */
export type HookEffect =
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | { readonly kind: 'library-folder'; readonly folder: string }
  | { readonly kind: 'folder-mode'; readonly path: string; readonly mode: number }
  /** The driver makes no nodes in the container by itself. */
  | { readonly kind: 'fixed-nodes' }
  /** Libraries of a newer CUDA in the image count, where the driver of this version can do with them. */
  | { readonly kind: 'cuda-compatibility'; readonly driver: string }

/** The programs that the hooks of NVIDIA's specifications run, with the words before the name of the hook. */
const PROGRAMS: ReadonlyMap<string, readonly string[]> = new Map([
  ['nvidia-cdi-hook', []],
  ['nvidia-ctk', ['hook']],
])

type Flags = ReadonlyMap<string, readonly string[]>

/** By the name of the hook: its flags, and what it does. */
const HOOKS: ReadonlyMap<
  string,
  { readonly flags: readonly string[]; readonly read: (flags: Flags) => readonly HookEffect[] | undefined }
> = new Map([
  ['create-symlinks', { flags: ['link'], read: readLinks }],
  ['update-ldcache', { flags: ['folder', 'ldconfig-path'], read: readFolders }],
  ['create-soname-symlinks', { flags: ['folder', 'ldconfig-path'], read: readFolders }],
  ['chmod', { flags: ['mode', 'path'], read: readModes }],
  ['enable-cuda-compat', { flags: ['host-driver-version'], read: readCompatibility }],
  ['disable-device-node-modification', { flags: [], read: () => [{ kind: 'fixed-nodes' }] }],
  ['enable-device-node-modification', { flags: [], read: () => [] }],
])

/**
 * Returns what `hook` does, without running it: a program of the vendor would act on this machine with all rights.
 *
 * @throws {TcomposeError} `cdi-spec` for a hook that is not known.
 */
export function hookEffects(hook: CdiHook, source: string): readonly HookEffect[] {
  const [, ...words] = hook.args ?? []
  const prefix = PROGRAMS.get(posix.basename(hook.path))
  const name = words[prefix?.length ?? 0] ?? ''
  const isOurs = prefix?.every((word, index) => words[index] === word) ?? false
  const known = isOurs ? HOOKS.get(name) : undefined
  if (known === undefined || prefix === undefined) throw unknownHook(hook, source)
  const flags = readFlags(words.slice(prefix.length + 1), known.flags)
  const effects = flags === undefined ? undefined : known.read(flags)
  if (effects === undefined) throw unknownHook(hook, source)
  return effects
}

/** Reads `--name value` and `--name=value`; undefined for anything else. */
function readFlags(words: readonly string[], known: readonly string[]): Flags | undefined {
  const flags = new Map<string, string[]>()
  for (let index = 0; index < words.length; index++) {
    const [, name = '', inline] = /^--([a-z-]+)(?:=(.*))?$/s.exec(words[index] ?? '') ?? []
    const value = inline ?? words[++index]
    if (!known.includes(name) || value === undefined) return undefined
    flags.set(name, [...(flags.get(name) ?? []), value])
  }
  return flags
}

/** Links are written as `TARGET::PATH`. */
function readLinks(flags: Flags): readonly HookEffect[] | undefined {
  const links = (flags.get('link') ?? []).map(text => text.split('::'))
  if (links.some(([target, path, ...rest]) => !target || !path?.startsWith('/') || rest.length > 0))
    return undefined
  return links.map(([target = '', path = '']) => ({ kind: 'link', path: posix.normalize(path), target }))
}

function readFolders(flags: Flags): readonly HookEffect[] | undefined {
  const folders = flags.get('folder') ?? []
  if (folders.some(folder => !folder.startsWith('/'))) return undefined
  return folders.map(folder => ({ kind: 'library-folder', folder: posix.resolve(folder) }))
}

function readModes(flags: Flags): readonly HookEffect[] | undefined {
  const [text = ''] = flags.get('mode') ?? []
  if (!/^0?[0-7]{3}$/.test(text)) return undefined
  const mode = Number.parseInt(text, 8)
  return (flags.get('path') ?? []).map(path => ({
    kind: 'folder-mode',
    path: posix.resolve('/', path),
    mode,
  }))
}

function readCompatibility(flags: Flags): readonly HookEffect[] {
  const [driver] = flags.get('host-driver-version') ?? []
  return driver === undefined ? [] : [{ kind: 'cuda-compatibility', driver }]
}

function unknownHook({ path, args = [] }: CdiHook, source: string): TcomposeError {
  const line = [path, ...args.slice(1)].join(' ')
  return new TcomposeError(
    'cdi-spec',
    `Cannot use "${source}": this version does not know its hook "${line}"`,
    {
      hint: 'Hooks are not run: have the specification written without this one, and do by hand what it does',
    },
  )
}
