import type { DnsSettings } from '../../../model/service.ts'

/** What a resolver file says; see resolv.conf(5). */
export interface ResolverFile {
  readonly nameservers: readonly string[]
  readonly search: readonly string[]
  readonly options: readonly string[]
  /** Lines with other keywords, as they are. */
  readonly others: readonly string[]
}

/** Reads a resolver file. The last of several `search` and `domain` lines counts, and all `options` do. */
export function parseResolverFile(text: string): ResolverFile {
  const file = {
    nameservers: [] as string[],
    search: [] as string[],
    options: [] as string[],
    others: [] as string[],
  }
  for (const line of text.split('\n')) {
    if (/^\s*([#;]|$)/.test(line)) continue
    const [keyword = '', ...values] = line.trim().split(/\s+/)
    if (keyword === 'nameserver') file.nameservers.push(...values.slice(0, 1))
    else if (keyword === 'search') file.search = values
    else if (keyword === 'domain') file.search = values.slice(0, 1)
    else if (keyword === 'options') file.options.push(...values)
    else file.others.push(line)
  }
  return file
}

/** Returns the text of a resolver file. */
export function resolverFileText({ nameservers, search, options, others }: ResolverFile): string {
  const lines = [
    ...nameservers.map(server => `nameserver ${server}`),
    ...(search.length > 0 ? [`search ${search.join(' ')}`] : []),
    ...(options.length > 0 ? [`options ${options.join(' ')}`] : []),
    ...others,
  ]
  return lines.map(line => `${line}\n`).join('')
}

/** Returns `host` with what a service sets in its place. A search of the root alone, `.`, is none. */
export function withDnsSettings(host: ResolverFile, { servers, search, options }: DnsSettings): ResolverFile {
  const domains = search.length === 0 ? host.search : search
  return {
    nameservers: servers.length === 0 ? host.nameservers : servers,
    search: search.length === 1 && search[0] === '.' ? [] : domains,
    options: options.length === 0 ? host.options : options,
    others: host.others,
  }
}

/** Whether a service sets anything. */
export function hasDnsSettings({ servers, search, options }: DnsSettings): boolean {
  return servers.length + search.length + options.length > 0
}
