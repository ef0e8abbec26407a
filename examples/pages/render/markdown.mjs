/** Returns Markdown as HTML: headings, lists, paragraphs, links and code. */
export function toHtml(markdown) {
  return markdown
    .trim()
    .split(/\n{2,}/)
    .map(block)
    .join('\n')
}

function block(text) {
  const [, marks, title] = /^(#{1,6}) (.*)$/.exec(text) ?? []
  if (marks !== undefined) return `<h${marks.length}>${inline(title)}</h${marks.length}>`
  if (!text.startsWith('- ')) return `<p>${inline(text)}</p>`
  const items = text.split(/\n?^- /m).filter(item => item !== '')
  return `<ul>${items.map(item => `<li>${inline(item)}</li>`).join('')}</ul>`
}

function inline(text) {
  return text
    .replace(/[&<>]/g, character => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character])
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/\[([^\]]+)\]\(([^)]+)\)/g, '<a href="$2">$1</a>')
}
