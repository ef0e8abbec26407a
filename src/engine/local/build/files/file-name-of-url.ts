/** Returns what a URL's file is called: the last part of its path, decoded. */
export function fileNameOf(url: string): string {
  const path = URL.parse(url)?.pathname ?? ''
  const last = path.split('/').findLast(part => part !== '') ?? ''
  const name = decoded(last)
  return name === '' || name === '.' || name === '..' || name.includes('/') ? '__unnamed__' : name
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
