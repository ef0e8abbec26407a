// Follows the links from START on, and fails for one that leads nowhere.
const { START = 'http://127.0.0.1:8080/' } = process.env
const pending = [START]
const seen = new Set(pending)

for (const url of pending) {
  const answer = await fetch(url)
  if (!answer.ok) {
    console.error(`${url} answers ${answer.status}`)
    process.exit(1)
  }
  for (const [, link] of (await answer.text()).matchAll(/href="([^"]+)"/g)) {
    const next = new URL(link, url).href
    if (!seen.has(next)) pending.push(next)
    seen.add(next)
  }
}
console.log(`${seen.size} addresses, and every link leads somewhere`)
